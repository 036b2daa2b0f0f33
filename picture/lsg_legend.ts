/**
 * What global, sparse and local keys are, in words.
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

/** What the words depend on beside the parameters. */
export interface LsgLegendSize {
  /** Tokens of the text. */
  readonly tokens: number;
  /** Global tokens. */
  readonly globals: number;
  /** The head that is drawn. */
  readonly head: number;
  /** Whether a token sees nothing after itself. */
  readonly causal: boolean;
}

/**
 * The legend of an LSG pattern.
 *
 * @param parameters Checked parameters.
 * @param size Tokens, globals, head and direction.
 * @returns The kinds of keys that there are.
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
    ? `the block of ${block_size} before, and the own one up to itself`
    : `the own block of ${block_size} tokens and both neighbours`;
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
        reach: "lighter: the tokens that these are chosen from",
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
