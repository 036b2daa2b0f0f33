/**
 * Requests of files: their responses, and refusals.
 *
 * @module
 */
import { hasFileSystem } from "./env.ts";
import { ConnectionError } from "./retry.ts";
import { type FileRequest, type HubHeaders, readHubHeaders, send } from "./send.ts";

/** A server's response, its body not yet read. */
export interface FileResponse extends HubHeaders {
  /** The HTTP response, of status 200, 206 or 416. */
  readonly http: Response;
  /** Closes the connection when aborted. */
  readonly connection: AbortController;
}

/**
 * Requests a file.
 *
 * @param file The file.
 * @returns The response; undefined if the server has no such file.
 * @throws {RangeError} If the server refuses, or redirects without end or to plain http.
 * @throws {ConnectionError} If there is no response, or the failure is transient.
 * @throws The signal's reason, if it is aborted.
 */
export async function request(file: FileRequest): Promise<FileResponse | undefined> {
  const connection = new AbortController();
  if (hasFileSystem()) {
    const { followRedirects } = await import("./follow_redirects.ts");
    const { url, ...response } = await followRedirects(file, connection);
    return await isFile(response.http, url, file) ? { ...response, connection } : undefined;
  }
  const http = await send(file, "follow", connection);
  const hasBody = await isFile(http, file.url, file);
  return hasBody ? { http, ...readHubHeaders(http.headers), connection } : undefined;
}

/** Returns true if a response carries the file, false if the server has none. */
async function isFile(
  response: Response,
  { host }: URL,
  { name, token, range }: FileRequest,
): Promise<boolean> {
  const { status, headers } = response;
  if (status === 200 || (range && (status === 206 || status === 416))) return true;
  await response.body?.cancel();
  const isFileMissing = !/^(Repo|Revision)NotFound$/.test(headers.get("x-error-code") ?? "");
  if ((status === 404 || status === 410) && isFileMissing) return false;
  const attempt = `Cannot fetch ${name}: ${host} responded with status ${status}`;
  if (status >= 500 || status === 408 || status === 429) throw new ConnectionError(attempt);
  const { explainRefusal } = await import("./explain_refusal.ts");
  throw explainRefusal(attempt, response, token !== undefined);
}
