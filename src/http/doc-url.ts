import type { ErrorBody } from "./response.ts"

/**
 * The same error with `error.doc_url`, the page of its code (spec 4.1). Done to the answer as it leaves, so that no route
 * needs to know where the pages are.
 *
 * @param response An error as `errorResponse` makes it.
 * @param docsUrl Where the pages are, without a slash at its end.
 */
export async function withDocUrl(response: Response, docsUrl: string): Promise<Response> {
  const body = (await response.json()) as ErrorBody
  const error = { ...body.error, doc_url: `${docsUrl}/${body.error.code}` }
  return new Response(JSON.stringify({ ...body, error }), response)
}
