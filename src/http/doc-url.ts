import type { ErrorBody } from "./response.ts"

/**
 * Adds `error.doc_url`, the page of the code (spec 4.1), to an error response. It is added as the response leaves, so that no
 * route needs to know the address.
 *
 * @param response An error, as `errorResponse` makes it.
 * @param docsUrl The address of the pages, without a slash at its end.
 */
export async function withDocUrl(response: Response, docsUrl: string): Promise<Response> {
  const body = (await response.json()) as ErrorBody
  const error = { ...body.error, doc_url: `${docsUrl}/${body.error.code}` }
  return new Response(JSON.stringify({ ...body, error }), response)
}
