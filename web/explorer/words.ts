/**
 * A text as tokens of the embedded model's tokenizer, which is loaded when a text is given.
 *
 * @module
 */
/// <reference lib="dom" />
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";

let loading: Promise<PreTrainedTokenizer> | undefined;

/**
 * Splits a text into tokens.
 *
 * @param text The text.
 * @returns The text of each token, with the space before it; joined, they are the text.
 */
export async function splitIntoTokens(text: string): Promise<string[]> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  const tokenizer = await loading;
  const { offset_mapping } = tokenizer(text, {
    add_special_tokens: false,
    return_offsets_mapping: true,
    return_tensor: false,
  });
  let start = 0;
  const words: string[] = [];
  for (const [, end] of offset_mapping as [number, number][]) {
    // Several tokens may share a character.
    words.push(text.slice(start, end));
    start = Math.max(start, end);
  }
  if (words.length > 0) words[words.length - 1] += text.slice(start);
  return words;
}

async function load(): Promise<PreTrainedTokenizer> {
  const [{ tokenizerFromFiles }, tokenizerJson, tokenizerConfig] = await Promise.all([
    import("../../tokenizer/tokenizer_from_files.ts"),
    fetchJson("tokenizer.json"),
    fetchJson("tokenizer_config.json"),
  ]);
  return tokenizerFromFiles({ tokenizerJson, tokenizerConfig });
}

async function fetchJson(name: string): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(`../model/${name}`, document.baseURI));
  if (!response.ok) throw new Error(`Cannot fetch ${name}: status ${response.status}`);
  return await response.json();
}
