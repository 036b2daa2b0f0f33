import { BART } from "./bart.ts";
import type { Family } from "./family.ts";

/** mBART, mBART-50 and BARThez: BART with norms before the parts and at the end. */
export const MBART: Family = {
  ...BART,
  className: "MBart",
  tokenizers: ["MBart", "MBart50", "Barthez"],
  defaults: { ...BART.defaults, decoder_start_token_id: null },
  norm: "pre",
  finalNorm: "encoder.layer_norm",
  decoder: { ...BART.decoder!, finalNorm: "decoder.layer_norm", start: "last" },
};
