/** The URL with its percent escapes decoded, as some providers sign it; as it is where they do not decode. */
export function decodeUrl(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}
