import type { WebhookConfig } from "@hookflo/tern"
import { SECRET } from "./fixture-secret.ts"

/** Credicorp's scheme as a configuration of tern. */
export const createTernConfig = (): WebhookConfig => ({
  platform: "custom",
  secret: SECRET,
  toleranceInSeconds: 300,
  signatureConfig: {
    algorithm: "hmac-sha256",
    headerName: "credicorp-signature",
    headerFormat: "comma-separated",
    payloadFormat: "timestamped",
    customConfig: { signatureKey: "v1", timestampKey: "t" },
  },
})
