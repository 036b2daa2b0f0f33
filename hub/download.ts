import { MAX_TEXT_BYTES } from "../checkpoint/source.ts";
import { assertLength } from "./assert_length.ts";
import {
  assertNotWebPage,
  type FileMetadata,
  parseContentRange,
  readFileMetadata,
} from "./file_metadata.ts";
import { type FileResponse, request } from "./request.ts";
import { ConnectionError, fewestBytes, waitBeforeRetry, withTimeout } from "./retry.ts";
import type { FileRequest } from "./send.ts";

/** A file whose response has begun. */
export interface Download extends FileRequest {
  /** The response to a request for the whole file, its body not yet read. */
  readonly response: FileResponse;
  /** The file's metadata in that response. */
  readonly metadata: FileMetadata;
  /** Called with the bytes received so far, and the total if it is known. */
  readonly progress: (loaded: number, total: number | undefined) => void;
}

/**
 * Downloads a file. A broken connection is resumed at the byte reached: by a range request if the
 * server supports ranges, else by skipping the bytes already received.
 *
 * @param download The file.
 * @param start First byte to yield; bytes before it must come from a file of the same identity.
 * @param end Byte after the last; absent: the end of the file.
 * @returns The bytes from `start` on, in chunks.
 * @throws {RangeError} If the length is wrong, or without a length above 100 MB or, of a safetensors
 * file, above what its header says, or if the file changes on the server.
 * @throws {SyntaxError} If it is a web page.
 * @throws {ConnectionError} If the connection breaks and the file has no identity by which a new
 * response could be matched.
 * @throws {Error} If the connection breaks repeatedly.
 * @throws The signal's reason, if it is aborted.
 */
export async function* readDownload(
  download: Download,
  start: number,
  end?: number,
): AsyncGenerator<Uint8Array> {
  const { name, metadata: { size, identity }, retryPolicy, signal, progress } = download;
  const goal = end ?? size;
  if (size !== undefined) assertLength(name, size);
  const limit = size === undefined && name.endsWith(".safetensors")
    ? new (await import("./length_limit.ts")).LengthLimit(name)
    : undefined;
  let position = start;
  let failures = 0;
  let response: FileResponse | undefined = download.response;
  if (start > 0 || end !== undefined) {
    response.connection.abort();
    response = undefined;
  }
  progress(position, size);
  while (goal === undefined || position < goal || response) {
    let received = 0;
    try {
      response ??= await requestAgain(download, position, end);
      const { http } = response;
      // A server without ranges sends the whole file, from byte 0.
      let offset = http.status === 206 ? parseContentRange(http.headers, name).start : 0;
      if (offset > position) {
        throw new RangeError(
          `Cannot fetch ${name}: wanted bytes from ${position}, got bytes from ${offset}`,
        );
      }
      for await (const chunk of readBody(response, download)) {
        if (offset === 0) assertNotWebPage(chunk, name);
        const fresh = chunk.subarray(Math.min(chunk.length, position - offset));
        offset += chunk.length;
        if (fresh.length === 0) continue;
        received += fresh.length;
        if (received >= fewestBytes(retryPolicy)) failures = 0;
        if (goal !== undefined && position + fresh.length > goal) {
          if (end === undefined) {
            throw new RangeError(`Cannot fetch ${name}: got more than its ${size} bytes`);
          }
          yield fresh.subarray(0, end - position);
          return;
        }
        position += fresh.length;
        if (limit) limit.check(fresh, position);
        else if (size === undefined) assertLength(name, position, MAX_TEXT_BYTES);
        progress(position, size);
        yield fresh;
      }
      if (goal === undefined || position === goal) return;
      throw new ConnectionError(
        `Cannot fetch ${name}: the response ended after ${position} of ${goal} bytes`,
      );
    } catch (error) {
      if (!(error instanceof ConnectionError) || identity === undefined) throw error;
      if (++failures >= retryPolicy.attempts) {
        throw new Error(`${error.message}, ${failures} times in a row`, { cause: error });
      }
      response = undefined;
      await waitBeforeRetry(retryPolicy, failures, signal);
    }
  }
}

async function requestAgain(
  download: Download,
  start: number,
  end?: number,
): Promise<FileResponse> {
  const { name, metadata } = download;
  const isAll = start === 0 && end === undefined;
  // From byte 0 the whole file is requested: not every server supports ranges.
  const response = await request(
    isAll ? download : { ...download, range: { start, end }, ifRange: metadata.etag },
  );
  if (response && response.http.status !== 416) {
    const { validator, size } = readFileMetadata(response, name);
    const isLength = metadata.size === undefined || size === metadata.size;
    if (validator === metadata.validator && isLength) return response;
  }
  response?.connection.abort();
  throw new RangeError(`Cannot fetch ${name}: it changed on the server meanwhile, load it again`);
}

/** Yields the chunks of a body; the connection closes when the loop over them ends. */
async function* readBody(
  { http, connection }: FileResponse,
  { name, retryPolicy, signal }: Download,
): AsyncGenerator<Uint8Array> {
  const reader = http.body?.getReader();
  if (!reader) return;
  // Bytes received, and milliseconds waited for them: the time of a slow disk does not count.
  let received = 0;
  let waited = 0;
  try {
    while (true) {
      const before = performance.now();
      const { done, value } = await withTimeout(
        retryPolicy.timeout,
        reader.read(),
        name,
        connection,
        signal,
      );
      signal?.throwIfAborted();
      if (done) return;
      received += value.length;
      waited += performance.now() - before;
      if (waited >= retryPolicy.timeout) {
        if (received < fewestBytes(retryPolicy)) {
          throw new ConnectionError(
            `Cannot fetch ${name}: only ${received} bytes received in ${
              Math.round(waited) / 1000
            } s`,
          );
        }
        received = waited = 0;
      }
      yield value;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError(`Cannot fetch ${name}: the connection broke`, { cause: error });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
