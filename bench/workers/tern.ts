import { WebhookVerificationService } from "@hookflo/tern"
import { createTernConfig } from "../tern-config.ts"
import { createRouteApp } from "./peer-app.ts"

const config = createTernConfig()

export default createRouteApp(async (request) => {
  const { isValid, payload } = await WebhookVerificationService.verify(request.raw, config)
  if (!isValid) throw new Error("forged")
  return payload
})
