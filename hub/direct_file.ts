import {
  type ProgressFile,
  type ProgressInfo,
  reportReads,
} from "../checkpoint/progress_source.ts";
import type { CheckpointFile } from "../checkpoint/source.ts";
import { type Download, readDownload } from "./download.ts";
import { readFileMetadata } from "./file_metadata.ts";
import { openBlob } from "./open_blob.ts";
import { readChecked } from "./read_checked.ts";
import { request } from "./request.ts";
import { retry } from "./retry.ts";

/** Files up to this length in bytes are read at once. */
const SMALL = 2 ** 22;

/** Longest file in bytes that is held in memory. */
const LARGEST_HELD = 2 ** 31;

/**
 * Opens a file on its server, without a cache.
 *
 * A file is read at once and held in a blob, which a browser may keep on disk, if it is small, if
 * its hash is known and so can be checked, or if the server does not support ranges or sends
 * nothing that tells versions of the file apart. Any other file is read in ranges on demand, all of
 * one version. A file of more than 2 GiB is never held: if its hash is known, it is read once to
 * check that.
 *
 * @param file The file.
 * @param about Identifies it in the reports of progress.
 * @param progress_callback Called as the file is read, once it is open.
 * @returns The file.
 * @throws {RangeError | SyntaxError | Error} As {@linkcode readDownload}.
 * @throws {RangeError} If the hash does not match, or a file too large to be held needs to be.
 */
export async function openDirectly(
  file: Omit<Download, "progress">,
  about: ProgressFile,
  progress_callback?: (info: ProgressInfo) => void,
): Promise<CheckpointFile> {
  const opened = await open({ ...file, progress: () => {} });
  return progress_callback ? reportReads(opened, about, progress_callback) : opened;
}

async function open(download: Download): Promise<CheckpointFile> {
  const { name, metadata: { size = 0, digest } } = download;
  const isHeld = size <= SMALL || (digest !== undefined && size <= LARGEST_HELD) ||
    !await supportsRanges(download);
  if (isHeld) {
    assertCanHold(size, name);
    return openBlob(await readBlob(name, readChecked(download)), name);
  }
  if (digest !== undefined) {
    const chunks = readChecked(download);
    while (!(await chunks.next()).done);
  }
  return {
    name,
    size,
    read: (start, end) =>
      retry(download.retryPolicy, async () => {
        if (start === end) return new Uint8Array();
        const blob = await readBlob(name, readDownload(download, start, end));
        return new Uint8Array(await blob.arrayBuffer());
      }, download.signal),
    ownsReads: true,
  };
}

async function readBlob(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Blob> {
  const chunks: BlobPart[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    assertCanHold(length += chunk.length, name);
    chunks.push(chunk as BlobPart);
  }
  return new Blob(chunks);
}

function assertCanHold(length: number, name: string): void {
  if (length <= LARGEST_HELD) return;
  throw new RangeError(
    `Cannot hold ${name} in memory: got ${length} bytes or more, wanted at most ${LARGEST_HELD}, ` +
      "or a server that sends ranges of one version; load it with a cache",
  );
}

/** Returns whether the server sends ranges, and with them what tells versions apart. */
async function supportsRanges(download: Download): Promise<boolean> {
  const { name, metadata: { validator } } = download;
  if (validator === undefined) return false;
  const response = await request({ ...download, range: { start: 0, end: 1 } });
  response?.connection.abort();
  return response?.http.status === 206 &&
    readFileMetadata(response, name).validator === validator;
}
