/**
 * Finds the path in a `file:` URL.
 *
 * @param text The URL.
 * @returns The path; undefined if there is none, as in one with a host or a query.
 */
export function pathOfUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname, search, hash } = new URL(text);
  if (host + search + hash !== "" || /%00/.test(pathname)) return undefined;
  try {
    // Windows: file:///C:/model
    return decodeURIComponent(pathname).replace(/^\/(?=[a-z]:)/i, "");
  } catch {
    return undefined; // Percent signs that are not UTF-8.
  }
}
