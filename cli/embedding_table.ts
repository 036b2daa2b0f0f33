/**
 * Embeddings of many passages, as files of them are written.
 *
 * @module
 */
import type { EmbeddedPassage } from "./embedding.ts";
import type { Encoder } from "./encoder.ts";

/** Passages with embeddings, some at a time. */
export type PassageBlocks = AsyncIterable<readonly EmbeddedPassage[]>;

/** What a file is written of. */
export interface EmbeddingTable {
  /** Reads all passages, from the start each time. */
  read(): PassageBlocks;
  /** Number of passages. */
  readonly passages: number;
  /** What computed them. */
  readonly encoder: Encoder;
}

/** Key of a Parquet file's metadata that holds the encoder. */
export const METADATA_KEY = "lsg";

/**
 * The file of ids beside a .npy file.
 *
 * @param path Path of the .npy file.
 * @returns Path of the other one.
 */
export function idsPathOf(path: string): string {
  return path.replace(/\.npy$/i, ".ids.jsonl");
}
