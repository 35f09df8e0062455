import * as v from "valibot"

/** Characters, as spec 5.8 and JSON Schema count them: `length` counts an emoji as two. */
export const hasAtMost = (text: string, maxChars: number): boolean => Array.from(text).length <= maxChars

/** Text of at most so many characters; the OpenAPI document tells of it. */
export const maxChars = (max: number): v.GenericSchema<string> =>
  v.pipe(
    v.string(),
    v.check((text) => hasAtMost(text, max)),
    v.metadata({ maxLength: max }),
  )
