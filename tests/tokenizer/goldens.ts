import { assert, assertEquals } from "@std/assert";
import {
  type PreTrainedTokenizer,
  tokenizerFromFiles,
  type TokenizerOptions,
} from "../../tokenizer/mod.ts";

/** The output of tools/make_*tokenizer_goldens.py: flat offsets, masks as strings of digits. */
export interface Goldens {
  single: { text: string; ids: number[]; offsets: number[]; special: string }[];
  long?: { piece: string; repeat: number; tokens: number; sha256: string };
  calls?: {
    text: string | string[];
    text_pair?: string | string[];
    options: TokenizerOptions;
    expected: {
      input_ids: number[][];
      offset_mapping: number[][];
      attention_mask: string[];
      token_type_ids: string[];
      special_tokens_mask: string[];
      overflow_to_sample_mapping?: number[];
    };
  }[];
  decode?: { ids: number[]; texts: (string | null)[] }[];
  changes?: Record<string, unknown>;
  /** The folder of the files that `changes` override. */
  folder?: string;
  /** Random texts, with the beginning of the digest of their ids and offsets. */
  fuzz?: { text: string; sha256: string }[];
  /** The keys of an encoding by default. */
  names?: string[];
}

const root = new URL("../golden/tokenizer/", import.meta.url);
/** Reads a JSON file under tests/golden/tokenizer. */
export async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, root)));
}

/** Opens a tokenizer of tests/golden/tokenizer with its goldens. */
export async function openGoldens(name: string): Promise<[PreTrainedTokenizer, Goldens]> {
  const goldens: Goldens = await readJson(`${name}/goldens.json`);
  const folder = goldens.folder ?? (goldens.changes ? "roberta" : name);
  const tokenizerJson = { ...await readJson(`${folder}/tokenizer.json`), ...goldens.changes };
  const tokenizerConfig = await readJson(`${folder}/tokenizer_config.json`);
  return [tokenizerFromFiles({ tokenizerJson, tokenizerConfig }), goldens];
}

/** Computes the digest of a text's ids and offsets. */
export async function digest(tokenizer: PreTrainedTokenizer, text: string): Promise<string> {
  const { input_ids, offset_mapping } = tokenizer(text, {
    return_tensor: false,
    return_offsets_mapping: true,
  });
  return await sha256OfJson([input_ids, offset_mapping!.flat()]);
}

/** Computes the digest of a value as JSON, in which characters beyond ASCII are escaped. */
export async function sha256OfJson(value: unknown): Promise<string> {
  const text = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const json = new TextEncoder().encode(text);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", json));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Compares the encodings of single texts with Python's. */
export function checkSingle(tokenizer: PreTrainedTokenizer, goldens: Goldens): void {
  assert(goldens.single.length > 0);
  for (const { text, ids, offsets, special } of goldens.single) {
    const encoding = tokenizer(text, {
      return_tensor: false,
      return_offsets_mapping: true,
      return_special_tokens_mask: true,
    });
    const message = JSON.stringify(text);
    assertEquals(encoding.input_ids, ids, message);
    assertEquals(encoding.offset_mapping!.flat(), offsets, message);
    assertEquals(encoding.special_tokens_mask!.join(""), special, message);
    assertEquals(tokenizer.encode(text), ids, message);
  }
}
