import { BART } from "./bart.ts";
import type { Family, LayerNames } from "./family.ts";

const POSITIONS = { ids: "from_zero", tableOffset: 0, configOffset: 0 } as const;

function layer(index: number): LayerNames {
  const { attention: { norm }, feedForward } = BART.layer(index);
  const name = `encoder.layers.${index}.self_attn`;
  const projections = `${name}.longformer_self_attn`;
  return {
    attention: {
      query: `${projections}.query`,
      key: `${projections}.key`,
      value: `${projections}.value`,
      output: `${name}.output`,
      norm,
      global: {
        query: `${projections}.query_global`,
        key: `${projections}.key_global`,
        value: `${projections}.value_global`,
      },
    },
    feedForward,
  };
}

/** LED, and PRIMERA: BART with the attention of a Longformer in the encoder. */
export const LED: Family = {
  ...BART,
  className: "LED",
  weightPrefix: "led.",
  defaults: {
    ...BART.defaults,
    max_position_embeddings: 16384,
    max_decoder_position_embeddings: 1024,
    attention_window: 512,
  },
  keys: { ...BART.keys, max_position_embeddings: "max_encoder_position_embeddings" },
  unread: [...BART.unread!, "scale_embedding", "max_position_embeddings"],
  positions: { ...POSITIONS, table: "encoder.embed_positions.weight" },
  converts: false,
  layer,
  decoder: {
    ...BART.decoder!,
    positions: { ...POSITIONS, table: "decoder.embed_positions.weight" },
    keys: {
      ...BART.decoder!.keys,
      max_position_embeddings: "max_decoder_position_embeddings",
    },
  },
};
