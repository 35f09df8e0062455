import { UsageError } from "./io.ts"

/** Options that npm also has, so that they may come from its own configuration. Losing one does no harm. */
const SET_BY_OTHERS: ReadonlySet<string> = new Set(["yes", "json", "help", "version", "save"])

/**
 * Refuses a call as `npm run send x --tamper`: without `--` before them npm takes the options for itself, and the command
 * would do something other than it was told. npm leaves a trace of each in the environment: `--wrong-secret` is
 * `npm_config_wrong_secret` there.
 *
 * @param names The options of the command, without dashes.
 * @throws {UsageError} npm has taken one of them.
 */
export function refuseTakenOptions(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const script = env["npm_lifecycle_event"]
  if (script === undefined) return
  const isTaken = (name: string): boolean =>
    !SET_BY_OTHERS.has(name) && Boolean(env[`npm_config_${name.replaceAll("-", "_")}`])
  const taken = names.filter(isTaken).map((name) => `--${name}`)
  if (taken.length === 0) return
  throw new UsageError(
    `npm took ${taken.join(", ")} for itself. Write -- before the options: npm run ${script} -- ${taken[0]!}`,
  )
}
