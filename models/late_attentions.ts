/**
 * Attentions that few models have, which are imported as such a model is loaded.
 *
 * @module
 */
import type * as replaced from "../attention/baselines/replaced_attention.ts";
import type * as longformerAttentions from "../attention/longformer/longformer_attention.ts";
import type * as longformerMasks from "../attention/longformer/longformer_masks.ts";
import type * as lsgAttentions from "../attention/lsg/lsg_attention.ts";
import type * as lsgPatterns from "../attention/lsg/lsg_pattern.ts";
import type * as lsh from "../attention/lsg/lsh_projections.ts";
import type { Family } from "../families/family.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type * as rotary from "./rotary_attention.ts";
import type { ResolvedSettings } from "./settings.ts";

/** The modules that a model's attention needs. */
export interface LateAttentions {
  /** Attentions that replace the model's own. */
  readonly replaced?: typeof replaced;
  /** LSG attention. */
  readonly lsg?: typeof lsgAttentions & typeof lsgPatterns;
  /** Longformer's attention. */
  readonly longformer?: typeof longformerAttentions & typeof longformerMasks;
  /** Attention with rotary positions. */
  readonly rotary?: typeof rotary;
  /** Hashing of sparse tokens. */
  readonly lsh?: typeof lsh;
}

/**
 * Imports what a model's attention needs.
 *
 * @param config Its config.
 * @param family Its family.
 * @param settings Replacement and projections.
 * @returns The modules.
 */
export async function importAttentions(
  { attention_window, lsg }: ModelConfig,
  { positions }: Family,
  { attention, lsh_projections }: Pick<ResolvedSettings, "attention" | "lsh_projections">,
): Promise<LateAttentions> {
  const needsLsh = lsg && (lsg.sparsity_type === "lsh" || lsh_projections);
  return {
    ...attention && { replaced: await import("../attention/baselines/replaced_attention.ts") },
    ...positions === "rotary" && { rotary: await import("./rotary_attention.ts") },
    ...lsg && {
      lsg: {
        ...await import("../attention/lsg/lsg_attention.ts"),
        ...await import("../attention/lsg/lsg_pattern.ts"),
      },
    },
    ...attention_window && {
      longformer: {
        ...await import("../attention/longformer/longformer_attention.ts"),
        ...await import("../attention/longformer/longformer_masks.ts"),
      },
    },
    ...needsLsh && { lsh: await import("../attention/lsg/lsh_projections.ts") },
  };
}
