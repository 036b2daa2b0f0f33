import { ConnectionError, type Patience, pause, stalledAfter } from "./patience.ts";
import { contentRange, type FileFacts, fileFacts, refuseWebPage } from "./remote_file.ts";
import { type Answer, request } from "./request.ts";

/** A file that a server has begun to send. */
export interface Download {
  /** What messages call it. */
  readonly name: string;
  /** Where it is. */
  readonly url: URL;
  /** Access token for the URL's host. */
  readonly token: string | undefined;
  /** How long to wait. */
  readonly patience: Patience;
  /** The answer to a request for all of it, not read yet. */
  readonly answer: Answer;
  /** What the answer tells of it. */
  readonly facts: FileFacts;
  /** Called with the bytes that are there, and those there will be if that is known. */
  readonly progress: (loaded: number, total: number | undefined) => void;
}

/**
 * Reads a file from its server. Where the connection breaks, it goes on from there: by a range
 * if the server gives ranges, else by leaving out what came before.
 *
 * @param download The file.
 * @param start The first byte that is wanted; what is before it must be of the same identity.
 * @param end The byte after the last; absent: all.
 * @returns The bytes from there on, piece by piece.
 * @throws {RangeError} If it is not of the length that it should have, or changes on the server.
 * @throws {SyntaxError} If it is a web page.
 * @throws {ConnectionError} If the connection breaks, and nothing tells whether what comes with
 * another one is the same file.
 * @throws {Error} If it breaks again and again.
 */
export async function* readDownload(
  download: Download,
  start: number,
  end?: number,
): AsyncGenerator<Uint8Array> {
  const { name, facts: { size, identity }, patience, progress } = download;
  const goal = end ?? size;
  let position = start;
  let failures = 0;
  let answer: Answer | undefined = download.answer;
  if (start > 0 || end !== undefined) {
    answer.connection.abort();
    answer = undefined;
  }
  progress(position, size);
  while (goal === undefined || position < goal || answer) {
    try {
      answer ??= await askAgain(download, position, end);
      const { response } = answer;
      // A whole file in place of a range begins at its start.
      let at = response.status === 206 ? contentRange(response.headers, name).start : 0;
      if (at > position) {
        throw new RangeError(`Cannot fetch ${name}: wanted byte ${position}, got those from ${at}`);
      }
      for await (const piece of readBody(answer, name, patience.stall)) {
        if (at === 0) refuseWebPage(piece, name);
        const fresh = piece.subarray(Math.min(piece.length, position - at));
        at += piece.length;
        if (fresh.length === 0) continue;
        failures = 0;
        if (goal !== undefined && position + fresh.length > goal) {
          if (end === undefined) {
            throw new RangeError(`Cannot fetch ${name}: more came than its ${size} bytes`);
          }
          yield fresh.subarray(0, end - position);
          return;
        }
        position += fresh.length;
        progress(position, size);
        yield fresh;
      }
      if (goal === undefined || position === goal) return;
      throw new ConnectionError(
        `Cannot fetch ${name}: it ended after ${position} of ${goal} bytes`,
      );
    } catch (error) {
      if (!(error instanceof ConnectionError) || identity === undefined) throw error;
      if (++failures >= patience.tries) {
        throw new Error(`${error.message}, ${failures} times in a row`, { cause: error });
      }
      answer = undefined;
      await pause(patience, failures);
    }
  }
}

async function askAgain(download: Download, start: number, end?: number): Promise<Answer> {
  const { url, name, token, patience, facts } = download;
  const isAll = start === 0 && end === undefined;
  const answer = await request(url, name, {
    token,
    patience,
    // From the start all is asked for: not every server knows ranges.
    ...(!isAll && { range: { start, end }, ifRange: facts.etag }),
  });
  if (answer && answer.response.status !== 416) {
    const { identity, size } = fileFacts(answer, name);
    if (identity === facts.identity && size === facts.size) return answer;
  }
  answer?.connection.abort();
  throw new RangeError(`Cannot fetch ${name}: it changed on the server meanwhile, load it again`);
}

/** The pieces of a body; the connection ends with the loop over them. */
async function* readBody(
  { response, connection }: Answer,
  name: string,
  stall: number,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    while (true) {
      const { done, value } = await stalledAfter(stall, reader.read(), name, connection);
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError(`Cannot fetch ${name}: the connection broke`, { cause: error });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
