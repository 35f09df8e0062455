// The bare route in an isolate that has loaded node:crypto: what nobody starts below who hashes natively in JavaScript.

import { createHmac } from "node:crypto"
import { createRouteApp } from "./peer-app.ts"

createHmac("sha256", "key").update("loaded").digest()

export default createRouteApp((request) => request.json())
