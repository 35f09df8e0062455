import { parseArgs, type ParseArgsOptionsConfig } from "node:util"

/** The command is wrong. The message says what was wrong, and what was expected. */
export class UsageError extends Error {}

/** No server answered, or one that is not a Countersign Worker. */
export class NoAnswer extends Error {}

type Args<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ readonly allowPositionals: true; readonly options: Options }>
>

/**
 * Refuses a call as `npm run send x --tamper`: without `--` before them npm takes the options for itself, and the command
 * would do something other than it was told. npm leaves a trace of each in the environment.
 *
 * @param env `--wrong-secret` is `npm_config_wrong_secret` there.
 * @throws {UsageError} npm has taken one of the options.
 */
export function refuseTakenOptions(
  name: string,
  options: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const taken = options.filter(
    (option) => !SET_BY_OTHERS.has(option) && env[`npm_config_${option.replaceAll("-", "_")}`],
  )
  if (taken.length === 0) return
  const list = taken.map((option) => `--${option}`).join(", ")
  throw new UsageError(`npm took ${list} for itself: write -- before the options, as npm run ${name} -- --${taken[0]}`)
}

/** Options that npm has under the same name, so that they may come from its configuration. To lose one does no harm. */
const SET_BY_OTHERS: ReadonlySet<string> = new Set(["yes", "json", "help"])

/** Reads the command line. One that cannot be read ends the process with exit code 2. */
export function readArgs<const Options extends ParseArgsOptionsConfig>(name: string, options: Options): Args<Options> {
  try {
    refuseTakenOptions(name, Object.keys(options))
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    sayWrong(name, error as Error)
    return process.exit(2)
  }
}

/** Runs a command and sets its exit code: what `main` returns, 2 if the command is wrong, 3 if there was no answer. */
export async function runCommand(name: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    if (error instanceof UsageError) {
      sayWrong(name, error)
      process.exitCode = 2
    } else if (error instanceof NoAnswer) {
      console.error(error.message)
      process.exitCode = 3
    } else throw error
  }
}

const sayWrong = (name: string, { message }: Error): void =>
  console.error(`${message}\nnpm run ${name} -- --help lists what there is.`)
