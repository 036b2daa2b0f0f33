import { assert, assertEquals } from "@std/assert";
import type { PreTrainedTokenizer, TokenizerOptions } from "../../tokenizer/mod.ts";

/** What tools/make_tokenizer_goldens.py writes: offsets in one row, masks as strings of digits. */
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
}

const root = new URL("../golden/tokenizer/", import.meta.url);
/** A JSON file under tests/golden/tokenizer. */
export async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, root)));
}

/** Compares single texts with what Python made of them. */
export function checkSingle(tokenizer: PreTrainedTokenizer, goldens: Goldens): void {
  assert(goldens.single.length >= 50);
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
