/**
 * LSG attention beside full attention.
 *
 * @module
 */
import { WasmBackend } from "../../wasm/mod.ts";
import { attentionPair, gainOf } from "../attention_pair.ts";
import type { MeasureOptions } from "../measure.ts";
import { HEADS } from "../roberta_base.ts";
import { percent, ratioRow, type Row, speedRow } from "./figure.ts";

/**
 * Measures both in turn: all heads of RoBERTa-base, one global token, LSG with its defaults.
 *
 * @param threads How many; absent: as many as the machine has cores.
 * @param tokens How long the text is.
 * @param options How often each runs.
 * @param limit What a thread does at best, in GFLOPS.
 * @returns A line for each, and their ratio beside that of the keys that they see.
 */
export async function attentionRows(
  threads: number | undefined,
  tokens: number,
  options: MeasureOptions,
  limit: number,
): Promise<Row[]> {
  const backend = await WasmBackend.open({ threads });
  const [lsg, full] = await attentionPair(backend, tokens, HEADS, options);
  const held = { threads: backend.threads };
  backend.dispose();
  const { what, share } = gainOf(lsg, full);
  return [
    speedRow({ ...held, ...lsg }, limit, 50),
    speedRow({ ...held, ...full }, limit),
    ratioRow(what, percent(share), "≥ 80 %"),
  ];
}
