import { verify } from "@octokit/webhooks-methods"
import { SECRET } from "../fixture-secret.ts"
import { createRouteApp } from "./peer-app.ts"

export default createRouteApp(async (request) => {
  const text = await request.text()
  if (!(await verify(SECRET, text, request.header("x-hub-signature-256")!))) throw new Error("forged")
  return JSON.parse(text) as unknown
})
