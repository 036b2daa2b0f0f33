import type { CheckpointFile } from "../checkpoint/source.ts";
import { type Download, readDownload } from "./download.ts";
import { retrying } from "./patience.ts";
import { request } from "./request.ts";

/** Up to this length a file is read at once. */
const SMALL = 2 ** 22;

/**
 * A file that is read from its server, without a cache: a small one at once, a large one range by
 * range as it is asked for. Where the server gives no ranges, all of it is held in a blob, which a
 * browser may keep on disk.
 *
 * @param download The file.
 * @returns The file.
 * @throws {RangeError | SyntaxError | Error} As {@linkcode readDownload}.
 */
export async function openDirectly(download: Download): Promise<CheckpointFile> {
  const { size } = download.facts;
  if (size === undefined || size <= SMALL || !await givesRanges(download)) {
    return blobFile(await readBlob(download), download.name);
  }
  return {
    name: download.name,
    size,
    read: (start, end) =>
      retrying(download.patience, async () => {
        if (start === end) return new Uint8Array();
        return new Uint8Array(await (await readBlob(download, start, end)).arrayBuffer());
      }),
  };
}

/**
 * A blob as a file.
 *
 * @param blob The content.
 * @param name Name for messages.
 * @returns The file.
 */
export function blobFile(blob: Blob, name: string): CheckpointFile {
  return {
    name,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

async function readBlob(download: Download, start = 0, end?: number): Promise<Blob> {
  const pieces: BlobPart[] = [];
  for await (const piece of readDownload(download, start, end)) pieces.push(piece as BlobPart);
  return new Blob(pieces);
}

async function givesRanges({ url, name, token, patience }: Download): Promise<boolean> {
  const range = { start: 0, end: 1 };
  const answer = await request(url, name, { token, patience, range });
  answer?.connection.abort();
  return answer?.response.status === 206;
}
