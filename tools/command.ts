import { parseArgs, type ParseArgsOptionsConfig } from "node:util"

/** The command is wrong: what was wrong, what was expected. */
export class UsageError extends Error {}

/** Nobody answered, or nobody that we know how to talk to. */
export class NoAnswer extends Error {}

type Args<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ readonly allowPositionals: true; readonly options: Options }>
>

/** The command line; one that cannot be read ends the process with exit code 2. */
export function readArgs<const Options extends ParseArgsOptionsConfig>(name: string, options: Options): Args<Options> {
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    sayWrong(name, error as Error)
    return process.exit(2)
  }
}

/** Runs a script and sets its exit code: what `main` returns, 2 if the command is wrong, 3 if there was no answer. */
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
