/**
 * Legend of LSG patterns.
 *
 * @module
 */
import {
  hasSparsePart,
  type LsgParameters,
  selectionChunk,
} from "../attention/lsg/lsg_parameters.ts";
import { isDense } from "../attention/lsg/lsg_pattern.ts";
import type { AttentionPattern } from "./attention_pattern.ts";

/** Sizes that the legend depends on besides the parameters. */
export interface LsgLegendSize {
  /** Tokens of the text. */
  readonly tokens: number;
  /** Global tokens. */
  readonly globals: number;
  /** Index of the head that is drawn. */
  readonly head: number;
  /** Whether attention is causal. */
  readonly causal: boolean;
}

/**
 * Describes the kinds of keys in an LSG pattern.
 *
 * @param parameters Checked parameters.
 * @param size Tokens, globals, head, and whether attention is causal.
 * @returns A description of each kind that occurs.
 */
export function lsgLegend(
  parameters: LsgParameters,
  { tokens, globals, head, causal }: LsgLegendSize,
): AttentionPattern["legend"] {
  const { block_size } = parameters;
  const dense = isDense(tokens, parameters);
  const upToItself = causal ? " up to itself" : "";
  const local = dense
    ? `every token${upToItself}, as there are at most two blocks`
    : causal
    ? `the previous block of ${block_size}, and its own block up to itself`
    : `its own block of ${block_size} tokens and both neighbouring blocks`;
  const global = `${globals === 1 ? "a token" : `${globals} tokens`} that every token sees` +
    (causal ? "" : globals === 1 ? " and that sees every token" : " and that see every token");
  return {
    ...(globals > 0 && { global: { text: global } }),
    ...(hasSparsePart(parameters) && !dense && { sparse: sparseLegend(parameters, head, causal) }),
    local: { text: local },
  };
}

function sparseLegend(
  parameters: LsgParameters,
  head: number,
  causal: boolean,
): { text: string; reach?: string } {
  const { sparse_block_size, sparsity_factor: factor, sparsity_type } = parameters;
  const text = `${sparse_block_size} ${sparse_block_size === 1 ? "entry" : "entries"} ` +
    (causal ? "before that: " : "on each side: ");
  const chunk = selectionChunk(parameters);
  if (factor === 1) return { text: text + "every token" };
  switch (sparsity_type) {
    case "norm":
      return {
        text: `${text}${chunk / factor} longest keys of ${chunk} (here random)`,
        reach: "lighter: the tokens that they are chosen from",
      };
    case "stride":
    case "block_stride":
      return { text: `${text}one token in ${factor} (those of head ${head})` };
    case "pooling":
      return { text: `${text}means of ${factor} tokens` };
    case "bos_pooling":
      return { text: `${text}weighted means of ${factor} tokens` };
    default:
      return { text: `${text}means of similar keys among ${chunk}` };
  }
}
