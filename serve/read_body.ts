/**
 * Bodies of requests, within limits of size and time.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import { timerMilliseconds } from "./settings.ts";

/** Limits of a body. */
export interface BodyLimits {
  /** Most bytes. */
  readonly max_body: number;
  /** Seconds in which it must arrive. */
  readonly body_timeout: number;
}

/** After a refusal so many more bytes are read, as a client that still sends would miss the answer. */
const DRAINED = 2 ** 26;

/**
 * Reads a body.
 *
 * @param request The request.
 * @param limits Size and time.
 * @param onBytes Called with the size of each part, before it is kept; may throw.
 * @returns The bytes.
 * @throws {ApiError} 413 if it is too large, 408 if it takes too long, 400 if the client breaks off.
 */
export async function readBody(
  request: Request,
  { max_body, body_timeout }: BodyLimits,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (bytes: number | string) =>
    new ApiError(
      413,
      "invalid_request",
      `Cannot read a body of ${bytes} bytes: wanted at most ${max_body}`,
    );
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  let isLate = false;
  // A pending read ends with that.
  const timer = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => {});
  }, timerMilliseconds(body_timeout));
  try {
    const declared = Number(request.headers.get("content-length") ?? 0);
    if (declared > max_body) throw tooLarge(declared);
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > max_body) throw tooLarge(`more than ${max_body}`);
      onBytes(value.length);
      parts.push(value);
    }
    if (isLate) {
      throw new ApiError(
        408,
        "invalid_request",
        `Cannot wait for the body: it took more than ${body_timeout} s`,
      );
    }
    clearTimeout(timer);
    return joinParts(parts, size);
  } catch (error) {
    if (error instanceof ApiError) {
      // The timer ends this, too.
      void drain(reader).then(() => clearTimeout(timer));
      throw error;
    }
    clearTimeout(timer);
    throw new ApiError(400, "invalid_request", "Cannot read the body: the client broke off");
  }
}

function joinParts(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads on for a while; a client that is gone or too slow is owed nothing. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    for (let left = DRAINED; left > 0;) {
      const { value, done } = await reader.read();
      if (done) return;
      left -= value.length;
    }
    await reader.cancel();
  } catch {
    // It broke off.
  }
}

/**
 * Parses a body.
 *
 * @param bytes The body.
 * @returns The parsed JSON.
 * @throws {ApiError} 400 if it is not JSON in UTF-8.
 */
export function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, "invalid_request", `Cannot read the body: wanted JSON; ${reason}`);
  }
}
