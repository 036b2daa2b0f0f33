/**
 * A file's metadata in the headers of a response.
 *
 * @module
 */
import { hasFileSystem } from "./env.ts";
import type { FileResponse } from "./request.ts";

/** The hash that a file must have. */
export interface Digest {
  /** `sha256` of the content, or `git`: SHA-1 of the git blob, a header and the content. */
  readonly kind: "sha256" | "git";
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** A file's metadata, known before its bytes. */
export interface FileMetadata {
  /** Length in bytes, if the server sends it. */
  readonly size: number | undefined;
  /** The expected hash, if the server sends it. */
  readonly digest: Digest | undefined;
  /** ETag of the response that carries the bytes, if it is a strong one. */
  readonly etag: string | undefined;
  /** Distinguishes these bytes from any others at this URL; without it parts cannot be joined. */
  readonly identity: string | undefined;
  /** The identity, or a weaker indication that the file has not changed. */
  readonly validator: string | undefined;
}

/** Milliseconds before the response from which a file's last change is distinct from later ones. */
const DISTINCT = 1000;

/**
 * Reads a file's metadata from the headers of a response.
 *
 * @param response The response, of status 200 or 206.
 * @param name The file's name, for messages.
 * @returns The metadata.
 * @throws {RangeError} If two headers give different lengths, or the body is compressed.
 * @throws {SyntaxError} If the response is a web page.
 */
export function readFileMetadata(
  { http, linkedEtag, linkedSize }: FileResponse,
  name: string,
): FileMetadata {
  const { headers } = http;
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "")) throw webPageError(name);
  const encoding = headers.get("content-encoding") ?? "identity";
  // A browser requests compression itself, and decompresses.
  if (encoding !== "identity" && hasFileSystem()) {
    throw new RangeError(
      `Cannot fetch ${name}: the server compresses it (${encoding}), wanted no compression`,
    );
  }
  const sent = http.status === 206
    ? parseContentRange(headers, name).size
    : parseContentLength(headers);
  if (linkedSize !== undefined && sent !== undefined && linkedSize !== sent) {
    throw new RangeError(
      `Cannot fetch ${name}: wanted its ${linkedSize} bytes, the server sends ${sent}`,
    );
  }
  const size = linkedSize ?? sent;
  const anyEtag = headers.get("etag");
  const isStrong = encoding === "identity" && anyEtag?.startsWith('"');
  const etag = isStrong ? anyEtag! : undefined;
  const digest = parseDigest(linkedEtag);
  const identity = digest?.hex ?? etag;
  const modified = readLastModified(headers);
  const validator = identity ?? anyEtag ?? (modified && `${modified} ${size}`);
  return { size, digest, etag, identity, validator };
}

/**
 * Parses the `content-range` header of a response of status 206.
 *
 * @param headers The response's headers.
 * @param name The file's name, for messages.
 * @returns The first byte of the response, and the file's length.
 * @throws {RangeError} If the header is missing or malformed, or gives no length.
 */
export function parseContentRange(headers: Headers, name: string): { start: number; size: number } {
  const text = headers.get("content-range");
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text ?? "")?.map(Number) ?? [];
  if (start === undefined || start > end || end >= size) {
    throw new RangeError(
      `Cannot fetch ${name}: wanted content-range "bytes start-end/size", got ${text}`,
    );
  }
  return { start, size };
}

/**
 * Asserts that a file does not begin like a web page, such as a login form or a proxy's error.
 *
 * @param start The file's first bytes.
 * @param name The file's name, for messages.
 * @throws {SyntaxError} If they are HTML.
 */
export function assertNotWebPage(start: Uint8Array, name: string): void {
  const text = new TextDecoder("latin1").decode(start.subarray(0, 256));
  if (/^\s*<(!doctype html|html)\b/i.test(text)) throw webPageError(name);
}

function webPageError(name: string): SyntaxError {
  return new SyntaxError(`Cannot fetch ${name}: the server sends a web page in its place`);
}

/**
 * Reads the time of the last change, which has seconds only: it tells versions apart if the second
 * has passed (RFC 9110, section 8.8.2.2).
 */
function readLastModified(headers: Headers): string | undefined {
  const modified = headers.get("last-modified");
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified ?? "");
  return modified !== null && age >= DISTINCT ? modified : undefined;
}

function parseContentLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  const isEncoded = (headers.get("content-encoding") ?? "identity") !== "identity";
  return text !== null && /^\d+$/.test(text) && !isEncoded ? Number(text) : undefined;
}

/** The hub's ETags are SHA-256 for large files, git's SHA-1 of a blob for the rest. */
function parseDigest(linkedEtag: string | undefined): Digest | undefined {
  const [, hex] = /^(?:W\/)?"?([0-9a-f]+)"?$/i.exec(linkedEtag ?? "") ?? [];
  if (hex?.length === 64) return { kind: "sha256", hex: hex.toLowerCase() };
  if (hex?.length === 40) return { kind: "git", hex: hex.toLowerCase() };
  return undefined;
}
