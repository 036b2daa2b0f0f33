/**
 * The model that is served beside the page.
 *
 * @module
 */
import { MemorySource } from "../../checkpoint/memory_source.ts";

/** Its name in the page. */
export const EMBEDDED = "the small RoBERTa served with this page";

/** Its files; a name that is not among them is not asked for. */
const FILES = [
  "config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "model.safetensors",
];

let files: Promise<MemorySource> | undefined;

/**
 * Fetches the model's files, once.
 *
 * @param folder Address of their folder, which ends in "/".
 * @param onBytes Called with the bytes of the largest file so far and in all.
 * @returns The files.
 */
export function openEmbedded(
  folder: URL,
  onBytes: (loaded: number, total: number) => void,
): Promise<MemorySource> {
  files ??= fetchAll(folder, onBytes).catch((error) => {
    files = undefined;
    throw error;
  });
  return files;
}

async function fetchAll(
  folder: URL,
  onBytes: (loaded: number, total: number) => void,
): Promise<MemorySource> {
  const entries = await Promise.all(FILES.map(async (name): Promise<[string, Uint8Array]> => {
    const response = await fetch(new URL(name, folder));
    if (!response.ok || !response.body) {
      throw new Error(`Cannot fetch ${name} of the model: the server answers ${response.status}`);
    }
    const isLargest = name === FILES.at(-1);
    const total = Number(response.headers.get("Content-Length"));
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let loaded = 0;
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      loaded += read.value.length;
      if (isLargest) onBytes(loaded, total);
    }
    return [name, new Uint8Array(await new Blob(parts).arrayBuffer())];
  }));
  return new MemorySource(Object.fromEntries(entries));
}
