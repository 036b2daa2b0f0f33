/**
 * One HTTP request, and what the hub says of a file in the headers of a response.
 *
 * @module
 */
import { env } from "./env.ts";
import { ConnectionError, type RetryPolicy, UnreachableError, withTimeout } from "./retry.ts";

/** A file that is requested. */
export interface FileRequest {
  /** The file's name, for messages. */
  readonly name: string;
  /** The file's URL. */
  readonly url: URL;
  /** Access token for the host of the URL. */
  readonly token?: string;
  /** First byte to request, and the byte after the last; absent: the whole file. */
  readonly range?: { readonly start: number; readonly end?: number };
  /** ETag that the range belongs to; if it has changed, the server sends the whole file. */
  readonly ifRange?: string;
  /** Timeout, attempts and delays. */
  readonly retryPolicy: RetryPolicy;
  /** Aborts the request and the reading of its body. */
  readonly signal?: AbortSignal;
}

/** The file's metadata in the hub's own headers. */
export interface HubHeaders {
  /** The commit that the revision resolves to, if the hub sends it. */
  readonly commit?: string;
  /** The file's ETag on the hub, whichever host serves the bytes. */
  readonly linkedEtag?: string;
  /** The file's length according to the hub. */
  readonly linkedSize?: number;
}

/**
 * Sends a request. The token is sent to the origin of the file's URL only.
 *
 * @param file The file.
 * @param redirect Whether redirects are followed.
 * @param connection Closes the connection when aborted.
 * @param url The URL that a redirect has led to, if it is another than the file's.
 * @returns The response, of any status.
 * @throws {ConnectionError} If there is no response.
 * @throws The signal's reason, if it is aborted.
 */
export async function send(
  file: FileRequest,
  redirect: RequestRedirect,
  connection: AbortController,
  url: URL = file.url,
): Promise<Response> {
  const { name, token, range, ifRange, retryPolicy, signal } = file;
  // With compression, length and ranges would refer to the compressed bytes.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (token !== undefined && url.origin === file.url.origin) {
    headers.authorization = `Bearer ${token}`;
  }
  if (range) headers.range = `bytes=${range.start}-${range.end ? range.end - 1 : ""}`;
  if (range && ifRange) headers["if-range"] = ifRange;
  const stop = signal ? AbortSignal.any([connection.signal, signal]) : connection.signal;
  // Not called as a method: a browser's own fetch refuses that.
  const { fetch } = env;
  try {
    signal?.throwIfAborted();
    const response = fetch(url, { headers, redirect, signal: stop });
    return await withTimeout(retryPolicy.timeout, response, name, connection, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ConnectionError) throw cause;
    throw new UnreachableError(`Cannot fetch ${name}: ${url.host} cannot be reached`, { cause });
  }
}

/**
 * Reads the hub's own headers.
 *
 * @param headers The headers of a response.
 * @returns What the hub says of the file; nothing if another server sent them.
 */
export function readHubHeaders(headers: Headers): HubHeaders {
  const commit = headers.get("x-repo-commit") ?? undefined;
  // The commit becomes the name of a folder.
  const isPlain = commit !== undefined && /^\w{1,64}$/.test(commit);
  const size = headers.get("x-linked-size");
  return {
    commit: isPlain ? commit : undefined,
    // Only the hub's own ETags are known to be hashes.
    linkedEtag: headers.get("x-linked-etag") ?? (isPlain ? headers.get("etag") : null) ?? undefined,
    linkedSize: size !== null && /^\d+$/.test(size) ? Number(size) : undefined,
  };
}
