import type { CheckpointFile } from "../checkpoint/source.ts";
import { type Download, readDownload } from "./download.ts";
import { request } from "./request.ts";
import { retry } from "./retry.ts";

/** Files up to this length in bytes are read at once. */
const SMALL = 2 ** 22;

/**
 * Opens a file on its server, without a cache: a small file is read at once, a large one in ranges
 * on demand. If the server does not support ranges, the whole file is held in a blob, which a
 * browser may keep on disk.
 *
 * @param download The file.
 * @returns The file.
 * @throws {RangeError | SyntaxError | Error} As {@linkcode readDownload}.
 */
export async function openDirectly(download: Download): Promise<CheckpointFile> {
  const { size } = download.metadata;
  if (size === undefined || size <= SMALL || !await supportsRanges(download)) {
    return openBlob(await readBlob(download), download.name);
  }
  return {
    name: download.name,
    size,
    read: (start, end) =>
      retry(download.retryPolicy, async () => {
        if (start === end) return new Uint8Array();
        return new Uint8Array(await (await readBlob(download, start, end)).arrayBuffer());
      }, download.signal),
  };
}

/**
 * Opens a blob as a file.
 *
 * @param blob The content.
 * @param name The file's name, for messages.
 * @returns The file.
 */
export function openBlob(blob: Blob, name: string): CheckpointFile {
  return {
    name,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

async function readBlob(download: Download, start = 0, end?: number): Promise<Blob> {
  const chunks: BlobPart[] = [];
  for await (const chunk of readDownload(download, start, end)) chunks.push(chunk as BlobPart);
  return new Blob(chunks);
}

async function supportsRanges(
  { url, name, token, retryPolicy, signal }: Download,
): Promise<boolean> {
  const range = { start: 0, end: 1 };
  const response = await request(url, name, { token, retryPolicy, signal, range });
  response?.connection.abort();
  return response?.http.status === 206;
}
