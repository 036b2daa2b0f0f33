/**
 * One HTTP request for a file: redirects, permissions, refusals.
 *
 * @module
 */
import { env, hasFileSystem } from "./env.ts";
import { ConnectionError, type RetryPolicy, UnreachableError, withTimeout } from "./retry.ts";

/** Options of a {@linkcode request}. */
export interface RequestOptions {
  /** Access token for the host of the URL. */
  readonly token?: string;
  /** First byte to request, and the byte after the last; absent: the whole file. */
  readonly range?: { readonly start: number; readonly end?: number };
  /** ETag that the range belongs to; if it has changed, the server sends the whole file. */
  readonly ifRange?: string;
  /** The timeout. */
  readonly retryPolicy: RetryPolicy;
  /** Aborts the request and the reading of its body. */
  readonly signal?: AbortSignal;
}

/** A server's response, its body not yet read. */
export interface FileResponse {
  /** The HTTP response, of status 200, 206 or 416. */
  readonly http: Response;
  /** The commit that the revision resolves to, if the hub sends it. */
  readonly commit: string | undefined;
  /** The file's ETag on the hub, whichever host serves the bytes. */
  readonly linkedEtag: string | undefined;
  /** The file's length according to the hub. */
  readonly linkedSize: number | undefined;
  /** Closes the connection when aborted. */
  readonly connection: AbortController;
}

const MAX_REDIRECTS = 10;

/**
 * Requests a file.
 *
 * The token is sent to the URL's own origin only. Redirects are followed here, because the hub
 * sends a file's metadata with the redirect to its location; a browser hides redirects and follows
 * them itself.
 *
 * @param url The file's URL.
 * @param name The file's name, for messages.
 * @param options Token, range, timeout, signal.
 * @returns The response; undefined if the server has no such file.
 * @throws {RangeError} If the server refuses, or redirects without end or to plain http.
 * @throws {ConnectionError} If there is no response, or the failure is transient.
 * @throws The signal's reason, if it is aborted.
 */
export async function request(
  url: URL,
  name: string,
  options: RequestOptions,
): Promise<FileResponse | undefined> {
  const connection = new AbortController();
  let headers: HubHeaders = { commit: undefined, linkedEtag: undefined, linkedSize: undefined };
  let current = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const http = await send(current, current.origin === url.origin, name, options, connection);
    // The hub responds first, and its headers count before those of the host it redirects to.
    headers = mergeHeaders(headers, readHubHeaders(http.headers));
    const location = http.headers.get("location");
    if (http.status < 300 || http.status > 399 || location === null) {
      const exists = await checkStatus(http, current, name, options);
      return exists ? { http, ...headers, connection } : undefined;
    }
    await http.body?.cancel();
    const next = URL.canParse(location, current.href) ? new URL(location, current.href) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw new RangeError(`Cannot fetch ${name}: ${current.host} redirects to ${location}`);
    }
    if (current.protocol === "https:" && next.protocol === "http:") {
      throw new RangeError(
        `Cannot fetch ${name}: ${current.host} redirects to plain http, ${next}`,
      );
    }
    current = next;
  }
  throw new RangeError(`Cannot fetch ${name}: more than ${MAX_REDIRECTS} redirects from ${url}`);
}

async function send(
  url: URL,
  isOwnHost: boolean,
  name: string,
  { token, range, ifRange, retryPolicy, signal }: RequestOptions,
  connection: AbortController,
): Promise<Response> {
  // With compression, length and ranges would refer to the compressed bytes.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (token !== undefined && isOwnHost) headers.authorization = `Bearer ${token}`;
  if (range) headers.range = `bytes=${range.start}-${range.end ? range.end - 1 : ""}`;
  if (range && ifRange) headers["if-range"] = ifRange;
  const stop = signal ? AbortSignal.any([connection.signal, signal]) : connection.signal;
  // Not called as a method: a browser's own fetch refuses that.
  const { fetch } = env;
  const get = (redirect: RequestRedirect) => fetch(url, { headers, redirect, signal: stop });
  try {
    signal?.throwIfAborted();
    const response = await withTimeout(retryPolicy.timeout, get("manual"), name, connection);
    if (response.type !== "opaqueredirect") return response;
    return await withTimeout(retryPolicy.timeout, get("follow"), name, connection);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConnectionError) throw error;
    if (hasFileSystem()) {
      const { namePermission } = await import("./permissions.ts");
      const flag = `--allow-net=${url.host}`;
      const named = namePermission(error, `fetch ${name} from ${url.host}`, flag);
      if (named !== error) throw named;
    }
    throw new UnreachableError(`Cannot fetch ${name}: ${url.host} cannot be reached`, {
      cause: error,
    });
  }
}

/** The file's metadata in the hub's own headers. */
type HubHeaders = Pick<FileResponse, "commit" | "linkedEtag" | "linkedSize">;

/** Fills the fields that are missing from the first with those of the second. */
function mergeHeaders(first: HubHeaders, second: HubHeaders): HubHeaders {
  return {
    commit: first.commit ?? second.commit,
    linkedEtag: first.linkedEtag ?? second.linkedEtag,
    linkedSize: first.linkedSize ?? second.linkedSize,
  };
}

function readHubHeaders(headers: Headers): HubHeaders {
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

/** Returns true if the response carries the file, false if the server has none. */
async function checkStatus(
  response: Response,
  { host }: URL,
  name: string,
  { token, range }: RequestOptions,
): Promise<boolean> {
  const { status, headers } = response;
  if (status === 200 || (range && (status === 206 || status === 416))) return true;
  await response.body?.cancel();
  const attempt = `Cannot fetch ${name}: ${host} responded with status ${status}`;
  if (status === 401 || status === 403) {
    throw new RangeError(
      token !== undefined
        ? `${attempt}: the token grants no access, or the repository does not exist`
        : `${attempt}: pass a token if the repository is private or gated; or it does not exist`,
    );
  }
  const code = headers.get("x-error-code");
  if (code === "RepoNotFound" || code === "RevisionNotFound") {
    throw new RangeError(
      `${attempt}: the ${code === "RepoNotFound" ? "repository" : "revision"} does not exist`,
    );
  }
  if (status === 404 || status === 410) return false;
  const isTransient = status >= 500 || status === 408 || status === 429;
  throw isTransient ? new ConnectionError(attempt) : new RangeError(attempt);
}
