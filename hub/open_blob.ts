import type { CheckpointFile } from "../checkpoint/source.ts";

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
    ownsReads: true,
  };
}
