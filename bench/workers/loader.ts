// Starts a new isolate for every request, with the code that its query names, and passes the request on.

interface Env {
  readonly LOADER: {
    get(name: string, load: () => Promise<object>): { getEntrypoint(): { fetch(request: Request): Promise<Response> } }
  }
  readonly WEBHOOK_SECRETS: string
  readonly COMPATIBILITY_DATE: string
  readonly [name: `code-${string}`]: string
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const name = new URL(request.url).searchParams.get("name")
    if (name === null) return new Response("ready")
    const isolate = env.LOADER.get(crypto.randomUUID(), () =>
      Promise.resolve({
        compatibilityDate: env.COMPATIBILITY_DATE,
        compatibilityFlags: ["nodejs_compat"],
        mainModule: "worker.js",
        modules: { "worker.js": env[`code-${name}`] },
        env: { WEBHOOK_SECRETS: env.WEBHOOK_SECRETS },
      }),
    )
    return await isolate.getEntrypoint().fetch(new Request(request))
  },
}
