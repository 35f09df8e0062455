import { Webhook } from "standardwebhooks"
import { SECRET } from "../fixture-secret.ts"
import { createRouteApp } from "./peer-app.ts"

const webhook = new Webhook(SECRET)

export default createRouteApp(async (request) => webhook.verify(await request.text(), request.header()))
