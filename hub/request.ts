/**
 * One request for a file: redirects, permissions, refusals.
 *
 * @module
 */
import { namePermission } from "./permissions.ts";
import { ConnectionError, type Patience, stalledAfter } from "./patience.ts";

/** How a file is asked for. */
export interface RequestOptions {
  /** Access token for the host of the URL. */
  readonly token?: string;
  /** First byte that is wanted, and the one after the last; absent: all. */
  readonly range?: { readonly start: number; readonly end?: number };
  /** ETag that the range belongs to; where it has another by now, the whole file comes. */
  readonly ifRange?: string;
  /** How long to wait. */
  readonly patience: Patience;
}

/** A server's answer, its body not read yet. */
export interface Answer {
  /** Status 200, 206 or 416. */
  readonly response: Response;
  /** The commit that the hub says the revision is. */
  readonly commit: string | undefined;
  /** The ETag that the hub says the file has, wherever it sends for it. */
  readonly linkedEtag: string | undefined;
  /** The length that the hub says the file has. */
  readonly linkedSize: number | undefined;
  /** Ends the connection when aborted. */
  readonly connection: AbortController;
}

const MAX_REDIRECTS = 10;

/**
 * Asks for a file.
 *
 * The token goes to the URL's own origin only. Redirects are followed by hand, since what the
 * hub tells about a file stands in the redirect to where the file is; in a browser, which hides
 * that, they are followed by the browser.
 *
 * @param url Where the file is.
 * @param name What messages call it.
 * @param options Token, range, patience.
 * @returns The answer; undefined if the server says that there is no such file.
 * @throws {RangeError} If the server refuses, or redirects without end or to plain http.
 * @throws {ConnectionError} If there is no answer, or one that may change with time.
 */
export async function request(
  url: URL,
  name: string,
  options: RequestOptions,
): Promise<Answer | undefined> {
  const connection = new AbortController();
  let facts: HubFacts = { commit: undefined, linkedEtag: undefined, linkedSize: undefined };
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await ask(at, at.origin === url.origin, name, options, connection);
    // Who is asked first knows best.
    facts = firstKnown(facts, hubFacts(response.headers));
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      const isThere = await checkStatus(response, at, name, options);
      return isThere ? { response, ...facts, connection } : undefined;
    }
    await response.body?.cancel();
    const next = URL.canParse(location, at.href) ? new URL(location, at.href) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw new RangeError(`Cannot fetch ${name}: ${at.host} redirects to ${location}`);
    }
    if (at.protocol === "https:" && next.protocol === "http:") {
      throw new RangeError(`Cannot fetch ${name}: ${at.host} redirects to plain http, ${next}`);
    }
    at = next;
  }
  throw new RangeError(`Cannot fetch ${name}: more than ${MAX_REDIRECTS} redirects from ${url}`);
}

async function ask(
  url: URL,
  isOwnHost: boolean,
  name: string,
  { token, range, ifRange, patience }: RequestOptions,
  connection: AbortController,
): Promise<Response> {
  // Compressed, a file's length and ranges would be those of something else.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (token !== undefined && isOwnHost) headers.authorization = `Bearer ${token}`;
  if (range) headers.range = `bytes=${range.start}-${range.end ? range.end - 1 : ""}`;
  if (range && ifRange) headers["if-range"] = ifRange;
  const { signal } = connection;
  const get = (redirect: RequestRedirect) => fetch(url, { headers, redirect, signal });
  try {
    const response = await stalledAfter(patience.stall, get("manual"), name, connection);
    if (response.type !== "opaqueredirect") return response;
    return await stalledAfter(patience.stall, get("follow"), name, connection);
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const flag = `--allow-net=${url.host}`;
    const named = namePermission(error, `fetch ${name} from ${url.host}`, flag);
    if (named !== error) throw named;
    throw new ConnectionError(`Cannot fetch ${name}: ${url.host} cannot be reached`, {
      cause: error,
    });
  }
}

/** What the hub tells of a file beside sending it. */
type HubFacts = Pick<Answer, "commit" | "linkedEtag" | "linkedSize">;

function firstKnown(first: HubFacts, next: HubFacts): HubFacts {
  return {
    commit: first.commit ?? next.commit,
    linkedEtag: first.linkedEtag ?? next.linkedEtag,
    linkedSize: first.linkedSize ?? next.linkedSize,
  };
}

function hubFacts(headers: Headers): HubFacts {
  const commit = headers.get("x-repo-commit") ?? undefined;
  // It becomes the name of a folder.
  const isPlain = commit !== undefined && /^\w{1,64}$/.test(commit);
  const size = headers.get("x-linked-size");
  return {
    commit: isPlain ? commit : undefined,
    // Only the hub's own ETags are known to be hashes.
    linkedEtag: headers.get("x-linked-etag") ?? (isPlain ? headers.get("etag") : null) ?? undefined,
    linkedSize: size !== null && /^\d+$/.test(size) ? Number(size) : undefined,
  };
}

/** True if the file comes, false if there is none. */
async function checkStatus(
  response: Response,
  { host }: URL,
  name: string,
  { token, range }: RequestOptions,
): Promise<boolean> {
  const { status, headers } = response;
  if (status === 200 || (range && (status === 206 || status === 416))) return true;
  await response.body?.cancel();
  const attempt = `Cannot fetch ${name}: ${host} answers ${status}`;
  if (status === 401 || status === 403) {
    throw new RangeError(
      token !== undefined
        ? `${attempt}: the token does not open it, or there is no such repository`
        : `${attempt}: give a token if it is private or gated; or there is no such repository`,
    );
  }
  const code = headers.get("x-error-code");
  if (code === "RepoNotFound" || code === "RevisionNotFound") {
    throw new RangeError(
      `${attempt}: there is no such ${code === "RepoNotFound" ? "repository" : "revision"}`,
    );
  }
  if (status === 404 || status === 410) return false;
  const mayChange = status >= 500 || status === 408 || status === 429;
  throw mayChange ? new ConnectionError(attempt) : new RangeError(attempt);
}
