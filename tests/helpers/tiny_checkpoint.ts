import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { drawParameters } from "../../checkpoint/conversion/draw_parameters.ts";
import { encodeSafetensors, MemorySource, parseConfig } from "../../checkpoint/mod.ts";
import type { Head } from "../../families/families.ts";
import { Random } from "../../tensor/random.ts";

/** The vocabulary of {@linkcode tinyCheckpoint}, by id. */
export const TINY_WORDS: readonly string[] = (
  "[PAD] [UNK] [CLS] [SEP] [MASK] the old house left bath query : river run ##ning sea ##side ."
).split(" ");

const CONFIG = {
  model_type: "bert",
  vocab_size: TINY_WORDS.length,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  pad_token_id: 0,
};

/** A cased WordPiece tokenizer.json over {@linkcode TINY_WORDS}. */
export function tinyTokenizer(): Record<string, unknown> {
  return {
    added_tokens: TINY_WORDS.slice(0, 5).map((content, id) => ({
      id,
      content,
      special: true,
      normalized: false,
      lstrip: false,
      rstrip: false,
      single_word: false,
    })),
    normalizer: { type: "BertNormalizer", lowercase: false },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 3] },
    decoder: { type: "WordPiece" },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      vocab: Object.fromEntries(TINY_WORDS.map((word, id) => [word, id])),
    },
  };
}

/**
 * A random BERT of one layer of width 8, with a tokenizer of a few words; the same weights in every
 * call with the same config and head.
 *
 * @param head The head.
 * @param config Keys that replace those of its config.json.
 * @param files More files: JSON values, or bytes.
 * @returns The checkpoint in memory.
 */
export async function tinyCheckpoint(
  head: Head,
  config: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, unknown>> = {},
): Promise<MemorySource> {
  const json = { ...CONFIG, ...config };
  const parameters = modelParameters(parseConfig(json), head);
  const weights = drawParameters(parameters, 1, new Random(3));
  const tensors = await Promise.all(parameters.map(async ({ name, dims }) => ({
    name,
    dims,
    dtype: "F32" as const,
    data: await weights.load(name),
  })));
  const all = {
    "config.json": json,
    "tokenizer.json": tinyTokenizer(),
    "tokenizer_config.json": { tokenizer_class: "BertTokenizer", do_lower_case: false },
    "model.safetensors": encodeSafetensors(tensors),
    ...files,
  };
  return new MemorySource(Object.fromEntries(
    Object.entries(all).map(([name, content]) => [
      name,
      content instanceof Uint8Array ? content : JSON.stringify(content),
    ]),
  ));
}
