/**
 * Redirects, where they can be seen: a browser hides them and follows them itself.
 *
 * @module
 */
import { namePermission } from "./permissions.ts";
import { UnreachableError } from "./retry.ts";
import { type FileRequest, type HubHeaders, readHubHeaders, send } from "./send.ts";

const MAX_REDIRECTS = 10;

/** A response, and what the hub said of the file. */
export interface FollowedResponse extends HubHeaders {
  /** The last response. */
  readonly http: Response;
  /** The URL that it came from. */
  readonly url: URL;
}

/**
 * Requests a file and follows redirects: the hub sends a file's metadata with the redirect to its
 * location.
 *
 * @param file The file.
 * @param connection Closes the connection when aborted.
 * @returns The response.
 * @throws {RangeError} If the server redirects without end or to plain http.
 * @throws {ConnectionError} If there is no response.
 * @throws {Error} If Deno's permissions forbid the request.
 */
export async function followRedirects(
  file: FileRequest,
  connection: AbortController,
): Promise<FollowedResponse> {
  const { name } = file;
  let { url } = file;
  let known: HubHeaders = {};
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    let http = await sendTo(url, file, "manual", connection);
    // As a page does, in a program that is both.
    if (http.type === "opaqueredirect") http = await sendTo(url, file, "follow", connection);
    // The hub responds first, and its headers count before those of the host it redirects to.
    known = mergeHeaders(known, readHubHeaders(http.headers));
    const location = http.headers.get("location");
    if (http.status < 300 || http.status > 399 || location === null) return { http, url, ...known };
    await http.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw new RangeError(`Cannot fetch ${name}: ${url.host} redirects to ${location}`);
    }
    if (url.protocol === "https:" && next.protocol === "http:") {
      throw new RangeError(`Cannot fetch ${name}: ${url.host} redirects to plain http, ${next}`);
    }
    url = next;
  }
  throw new RangeError(
    `Cannot fetch ${name}: more than ${MAX_REDIRECTS} redirects from ${file.url}`,
  );
}

/** Sends a request; names the flag if a permission is missing. */
async function sendTo(
  url: URL,
  file: FileRequest,
  redirect: RequestRedirect,
  connection: AbortController,
): Promise<Response> {
  try {
    return await send(file, redirect, connection, url);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const attempt = `fetch ${file.name} from ${url.host}`;
    const named = namePermission(error.cause, attempt, `--allow-net=${url.host}`);
    throw named === error.cause ? error : named;
  }
}

/** Fills the fields that are missing from the first with those of the second. */
function mergeHeaders(first: HubHeaders, second: HubHeaders): HubHeaders {
  return {
    commit: first.commit ?? second.commit,
    linkedEtag: first.linkedEtag ?? second.linkedEtag,
    linkedSize: first.linkedSize ?? second.linkedSize,
  };
}
