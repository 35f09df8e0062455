// Declares what the benchmark uses of each peer, so that its types can be checked where the peers are not installed.

declare module "stripe" {
  interface Signature {
    verifyHeader(payload: string, header: string, secret: string, tolerance: number): boolean
    verifyHeaderAsync(payload: string, header: string, secret: string, tolerance: number): Promise<boolean>
  }
  export const Stripe: {
    readonly webhooks: {
      readonly signature?: Signature
      constructEvent(payload: string, header: string, secret: string): unknown
      constructEventAsync(payload: string, header: string, secret: string): Promise<unknown>
    }
  }
}

declare module "standardwebhooks" {
  export class Webhook {
    constructor(secret: string)
    sign(id: string, time: Date, payload: string): string
    verify(payload: string, headers: Record<string, string>, options?: { readonly jsonParse: boolean }): unknown
  }
}

declare module "svix" {
  export class Webhook {
    constructor(secret: string)
    verify(payload: string, headers: Record<string, string>): unknown
  }
}

declare module "@octokit/webhooks-methods" {
  export function verify(secret: string, payload: string, signature: string): Promise<boolean>
}

declare module "@hookflo/tern" {
  export interface WebhookConfig {
    readonly platform: "custom"
    readonly secret: string
    readonly toleranceInSeconds: number
    readonly signatureConfig: Readonly<Record<string, unknown>>
  }
  export const WebhookVerificationService: {
    verify(request: Request, config: WebhookConfig): Promise<{ readonly isValid: boolean; readonly payload?: unknown }>
  }
}
