import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Command, CommanderError } from "commander"
import { OptionError } from "../core/assert.ts"
import { addConform } from "./commands/conform.ts"
import { addDoctor } from "./commands/doctor.ts"
import { addEndpoints } from "./commands/endpoints.ts"
import { addErrors } from "./commands/errors.ts"
import { addExplain } from "./commands/explain.ts"
import { addInbox } from "./commands/inbox.ts"
import { addInit } from "./commands/init.ts"
import { addKey } from "./commands/key.ts"
import { addListen } from "./commands/listen.ts"
import { addOperator } from "./commands/operator.ts"
import { addProviders } from "./commands/providers.ts"
import { addSend } from "./commands/send.ts"
import { addSign } from "./commands/sign.ts"
import { addVerify } from "./commands/verify.ts"
import { EXIT, NoAnswer, UsageError, type Io } from "./io.ts"
import { refuseTakenOptions } from "./npm-options.ts"

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8")) as {
  version: string
}

/** Every command, in the order of the help. */
const COMMANDS = [
  addSign,
  addVerify,
  addExplain,
  addSend,
  addListen,
  addInbox,
  addEndpoints,
  addOperator,
  addKey,
  addConform,
  addInit,
  addDoctor,
  addProviders,
  addErrors,
]

const namesOf = ({ options }: Command): readonly string[] => options.flatMap(({ long }) => long?.slice(2) ?? [])

/**
 * Runs one command line.
 *
 * @param args The arguments after `countersign`.
 * @returns The exit code: 0 done or valid, 1 invalid, 2 a wrong command, 3 no answer.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok
  const program = new Command("countersign")
    .description("Verify, sign, explain and receive webhooks.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, "")),
      writeErr: (text) => io.err(text.replace(/\n$/, "")),
    })
    .showHelpAfterError("Run the command with --help to see its options.")
    .addHelpText("after", "\nExit codes: 0 done or valid, 1 invalid, 2 the command is wrong, 3 no answer.")
  const context = {
    io,
    exit: (value: number) => {
      code = value
    },
  }
  for (const add of COMMANDS) add(program, context)
  program.hook("preAction", (_, command) => refuseTakenOptions(namesOf(command), io.env))
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync([...args], { from: "user" })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    // The library throws an OptionError for a secret or an option that is wrong; its message shows no secret. Another
    // TypeError is a bug.
    if (error instanceof UsageError || error instanceof OptionError) {
      io.err(`error: ${error.message}`)
      return EXIT.usage
    }
    if (error instanceof NoAnswer) {
      io.err(`error: ${error.message}`)
      return EXIT.unreachable
    }
    throw error
  }
}
