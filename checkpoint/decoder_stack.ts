import type { Family, ModelConfig } from "../families/families.ts";

/**
 * Describes the decoder of an encoder-decoder as a stack of layers of its own, whose attention is
 * full and causal.
 *
 * @param config The checkpoint's config.
 * @param family The architecture.
 * @returns Config and description of the decoder, without a decoder of theirs.
 * @throws {RangeError} If the family has no decoder.
 *
 * @example
 * ```ts
 * import { decoderStack, FAMILIES, parseConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "bart", decoder_layers: 3 });
 * const [decoder] = decoderStack(config, FAMILIES.bart);
 * assertEquals([config.num_hidden_layers, decoder.num_hidden_layers], [12, 3]);
 * ```
 */
export function decoderStack(
  { decoder: sizes, ...config }: ModelConfig,
  { decoder, ...family }: Family,
): [ModelConfig, Family] {
  if (!decoder || !sizes) throw new RangeError(`${family.className} has no decoder`);
  const { num_attention_heads: heads } = sizes;
  const own = {
    num_key_value_heads: heads,
    head_dim: config.hidden_size / heads,
    decoder: undefined,
    lsg: undefined,
    attention_window: undefined,
    is_decoder: true,
  };
  return [{ ...config, ...sizes, ...own }, { ...family, finalNorm: undefined, ...decoder }];
}
