import { Webhook } from "svix"
import { SECRET } from "../fixture-secret.ts"
import { createRouteApp } from "./peer-app.ts"

const webhook = new Webhook(SECRET)

export default createRouteApp(async (request) => {
  const text = await request.text()
  webhook.verify(text, request.header())
  return JSON.parse(text) as unknown
})
