import { BART } from "./bart.ts";
import type { Family, PositionTable } from "./family.ts";
import { MBART } from "./mbart.ts";

const POSITIONS = {
  ids: "from_zero",
  tableOffset: 0,
  configOffset: 0,
  absent: "sinusoidal",
} as const satisfies Partial<PositionTable>;

/** Pegasus: mBART without a norm of the embedding, with positions that are computed. */
export const PEGASUS: Family = {
  ...MBART,
  className: "Pegasus",
  tokenizers: ["Pegasus"],
  defaults: {
    ...MBART.defaults,
    pad_token_id: 0,
    bos_token_id: null,
    eos_token_id: 1,
    decoder_start_token_id: 0,
  },
  positions: { ...POSITIONS, table: "encoder.embed_positions.weight" },
  specialTokens: { mask_token: "<mask_2>" },
  embeddings: { ...BART.embeddings, norm: undefined },
  decoder: {
    ...MBART.decoder!,
    embeddings: { ...BART.decoder!.embeddings, norm: undefined },
    positions: { ...POSITIONS, table: "decoder.embed_positions.weight" },
    start: "none",
  },
  heads: { ConditionalGeneration: BART.heads.ConditionalGeneration },
};
