/** A variable's value: text, or the number or boolean that stands in wrangler.toml. */
export type BindingText = string | number | boolean

/** The configuration of one surface, or that there is none, or everything that is wrong with it. */
export type Configured<Config> =
  | { readonly state: "on"; readonly config: Config }
  | { readonly state: "off" }
  | { readonly state: "invalid"; readonly problems: readonly string[] }

/** What `parse` makes, or the fallback and one problem more. */
export function collect<Value>(problems: string[], name: string, parse: () => Value, fallback: Value): Value {
  try {
    return parse()
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`)
    return fallback
  }
}

/** Reads one variable at a time: the fallback where it is not set, or empty and that says nothing. */
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
    if (number < 1 || number > max) throw new TypeError(`must be a whole number from 1 to ${max}`)
    return number
  }

export const oneOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((one) => one === text)
    if (choice === undefined) throw new TypeError(`must be ${choices.join(" or ")}`)
    return choice
  }
