import { readDevVars } from "./dev-vars.ts"

/** The command is wrong, not the answer. */
export class UsageError extends Error {}

/** A request to a Worker, with a credential. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** From the root, with its query. */
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** The named variable, from the environment if it is set there, else from `.dev.vars`. */
export function readCredential(name: string): string {
  const value = process.env[name] ?? readDevVars()[name]
  if (!value) throw new UsageError(`there is no ${name}: run npm start once (it makes .dev.vars), or set it`)
  return value
}

/** @param origin The Worker's; a credential goes in clear text to this machine only. */
export async function callWorker(
  origin: string,
  credential: string,
  { method, path, body, headers }: Call,
): Promise<Response> {
  const url = `${origin.replace(/\/$/, "")}${path}`
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--url must be an http or https URL: got ${origin}`)
  const { protocol, hostname } = new URL(url)
  if (protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname)) {
    throw new UsageError(`${origin} would carry the credential in clear text: use https`)
  }
  return await fetch(url, {
    method,
    headers: {
      Authorization: `Bearer ${credential}`,
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    signal: AbortSignal.timeout(10_000),
    ...(body && { body: JSON.stringify(body) }),
  })
}

/**
 * Makes a call and prints its answer.
 *
 * @returns The exit code: 0, 1 if the answer was an error, 3 if there was none.
 */
export async function report(
  call: () => Promise<Response>,
  { url, json }: { readonly url: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<number> {
  let response: Response
  try {
    response = await call()
  } catch (error) {
    if (error instanceof UsageError) throw error
    console.error(`No answer from ${url}. Is it running? npm start`)
    return 3
  }
  const text = await response.text()
  if (response.ok) {
    print(text)
    return 0
  }
  const { code, param, message } = (JSON.parse(text) as { error: Record<string, string> }).error
  console.error(json ? text : `${response.status} ${code}${param ? ` (${param})` : ""}: ${message}`)
  return 1
}

/** Runs a command, and says of a wrong one what was wrong and where to look. */
export async function runCommand(
  command: "endpoints" | "operator",
  url: string,
  main: () => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    if (error instanceof SyntaxError) {
      console.error(`${url} does not answer in JSON: is it the Worker?`)
      process.exit(3)
    }
    if (!(error instanceof UsageError)) throw error
    console.error(`${error.message}\nnpm run ${command} -- --help lists what there is.`)
    process.exitCode = 2
  }
}
