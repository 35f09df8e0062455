import { OptionError } from "./assert.ts"
/** The value of a variable: text, or a number or boolean from wrangler.toml. */
export type BindingText = string | number | boolean

/** The configuration of one surface: valid, absent, or invalid with every problem. */
export type Configured<Config> =
  | { readonly state: "on"; readonly config: Config }
  | { readonly state: "off" }
  | { readonly state: "invalid"; readonly problems: readonly string[] }

/** Joins two configurations that a surface needs: off if one is, else invalid with the problems of both. */
export function joinConfigured<A, B>(first: Configured<A>, second: Configured<B>): Configured<A & B> {
  if (first.state === "off" || second.state === "off") return { state: "off" }
  if (first.state === "on" && second.state === "on") {
    return { state: "on", config: { ...first.config, ...second.config } }
  }
  const problems = [first, second].flatMap((read) => (read.state === "invalid" ? read.problems : []))
  return { state: "invalid", problems }
}

/** Returns what `parse` returns. If it throws, adds a problem and returns the fallback. */
export function collect<Value>(problems: string[], name: string, parse: () => Value, fallback: Value): Value {
  try {
    return parse()
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`)
    return fallback
  }
}

/** Creates a reader of single variables. It returns the fallback where a variable is not set, or is empty and may be. */
export const createReader =
  <Bindings extends object>(env: Bindings, problems: string[], emptyIsInvalid: readonly string[] = []) =>
  <Value>(name: keyof Bindings & string, parse: (text: string) => Value, fallback: Value): Value => {
    const text = env[name] === undefined ? "" : String(env[name]).trim()
    if (text === "" && (env[name] === undefined || !emptyIsInvalid.includes(name))) return fallback
    return collect(problems, name, () => parse(text), fallback)
  }

export const wholeNumber =
  (max: number) =>
  (text: string): number => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : 0
    if (number < 1 || number > max) throw new OptionError(`must be a whole number from 1 to ${max}`)
    return number
  }

export const oneOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((one) => one === text)
    if (choice === undefined) throw new OptionError(`must be ${choices.join(" or ")}`)
    return choice
  }
