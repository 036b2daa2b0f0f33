/**
 * What a server tells of a file before sending it.
 *
 * @module
 */
import { hasFileSystem } from "./env.ts";
import type { Answer } from "./request.ts";

/** The hash that a file must have. */
export interface Digest {
  /** `sha256` of the content; `git` is SHA-1 of git's blob: header, content. */
  readonly kind: "sha256" | "git";
  /** In lower case. */
  readonly hex: string;
}

/** What is known of a file before it is read. */
export interface FileFacts {
  /** Length in bytes, where it is told. */
  readonly size: number | undefined;
  /** The hash that it must have, where it is told. */
  readonly digest: Digest | undefined;
  /** ETag of the answer that carries the bytes, if it is a strong one. */
  readonly etag: string | undefined;
  /** What tells these bytes from any others at this address: only with it parts can be joined. */
  readonly identity: string | undefined;
  /** The same, or a weaker sign that the file has not changed since. */
  readonly validator: string | undefined;
}

/**
 * Reads the headers of an answer.
 *
 * @param answer The answer, of status 200 or 206.
 * @param name The file, for messages.
 * @returns The facts.
 * @throws {RangeError} If two headers tell different lengths.
 * @throws {SyntaxError} If the answer is a web page.
 */
export function fileFacts({ response, linkedEtag, linkedSize }: Answer, name: string): FileFacts {
  const { headers } = response;
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "")) throw webPage(name);
  const encoding = headers.get("content-encoding") ?? "identity";
  // A browser asks for compression by itself, and undoes it.
  if (encoding !== "identity" && hasFileSystem()) {
    throw new RangeError(
      `Cannot fetch ${name}: the server compresses it (${encoding}), though asked not to`,
    );
  }
  const told = response.status === 206 ? contentRange(headers, name).size : contentLength(headers);
  if (linkedSize !== undefined && told !== undefined && linkedSize !== told) {
    throw new RangeError(
      `Cannot fetch ${name}: it should have ${linkedSize} bytes, the server sends ${told}`,
    );
  }
  const size = linkedSize ?? told;
  const anyEtag = headers.get("etag");
  const isExact = encoding === "identity" && anyEtag?.startsWith('"');
  const etag = isExact ? anyEtag! : undefined;
  const digest = digestOf(linkedEtag);
  const identity = digest?.hex ?? etag;
  const modified = headers.get("last-modified");
  const validator = identity ?? anyEtag ?? (modified && `${modified} ${size}`) ?? undefined;
  return { size, digest, etag, identity, validator };
}

/**
 * Reads the `content-range` of an answer of status 206.
 *
 * @param headers The answer's headers.
 * @param name The file, for messages.
 * @returns The first byte that comes, and the file's length.
 * @throws {RangeError} If there is none, or it tells no length.
 */
export function contentRange(headers: Headers, name: string): { start: number; size: number } {
  const text = headers.get("content-range");
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text ?? "")?.map(Number) ?? [];
  if (start === undefined || start > end || end >= size) {
    throw new RangeError(
      `Cannot fetch ${name}: wanted a part of it with its range, the server gives ${text}`,
    );
  }
  return { start, size };
}

/**
 * Refuses what begins like a web page: a login form, a proxy's complaint.
 *
 * @param start The file's first bytes.
 * @param name The file, for messages.
 * @throws {SyntaxError} If they are HTML.
 */
export function refuseWebPage(start: Uint8Array, name: string): void {
  const text = new TextDecoder("latin1").decode(start.subarray(0, 256));
  if (/^\s*<(!doctype html|html)\b/i.test(text)) throw webPage(name);
}

function webPage(name: string): SyntaxError {
  return new SyntaxError(`Cannot fetch ${name}: the server sends a web page in its place`);
}

function contentLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  const isEncoded = (headers.get("content-encoding") ?? "identity") !== "identity";
  return text !== null && /^\d+$/.test(text) && !isEncoded ? Number(text) : undefined;
}

/** The hub's ETags are SHA-256 for large files, git's SHA-1 of a blob for the rest. */
function digestOf(linkedEtag: string | undefined): Digest | undefined {
  const [, hex] = /^(?:W\/)?"?([0-9a-f]+)"?$/i.exec(linkedEtag ?? "") ?? [];
  if (hex?.length === 64) return { kind: "sha256", hex: hex.toLowerCase() };
  if (hex?.length === 40) return { kind: "git", hex: hex.toLowerCase() };
  return undefined;
}
