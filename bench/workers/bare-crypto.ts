// The bare route in an isolate that has loaded node:crypto: the floor for the start of any Worker with a native HMAC.

import { createHmac } from "node:crypto"
import { createRouteApp } from "./peer-app.ts"

createHmac("sha256", "key").update("loaded").digest()

export default createRouteApp((request) => request.json())
