/**
 * Attentions beside one another.
 *
 * @module
 */
import { WasmBackend } from "../../wasm/mod.ts";
import { attentionTimes, FULL, gainOf, LONGFORMER, lsg } from "../attention_times.ts";
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
  const contenders = [lsg("LSG 128/128/2 norm"), FULL];
  const [sparse, full] = await attentionTimes(contenders, backend, tokens, HEADS, options);
  const held = { threads: backend.threads };
  backend.dispose();
  const { what, share } = gainOf(sparse, full);
  return [
    speedRow({ ...held, ...sparse }, limit, 50),
    speedRow({ ...held, ...full }, limit),
    ratioRow(what, percent(share), "≥ 80 %"),
  ];
}

/**
 * Measures Longformer's attention and LSG's with narrower and wider blocks in turn, on as many
 * threads as the machine has cores.
 *
 * @param limit What a thread does at best, in GFLOPS.
 * @returns A line for each, and how many times as fast as Longformer the narrowest is.
 */
export async function patternRows(limit: number): Promise<Row[]> {
  const backend = await WasmBackend.open();
  const contenders = [
    LONGFORMER,
    lsg("LSG 256/0", { block_size: 256, sparsity_type: "none" }),
    lsg("LSG 128/128/2 norm"),
    lsg("LSG 32/32/2 norm", { block_size: 32, sparse_block_size: 32 }),
  ];
  const options = { warmups: 2, repeats: 9 };
  const times = await attentionTimes(contenders, backend, 4096, HEADS, options);
  const { threads } = backend;
  backend.dispose();
  const ratio = times[0].seconds / times[3].seconds;
  return [
    ...times.map((time) => speedRow({ threads, ...time }, limit)),
    ratioRow("Longformer 512 ÷ LSG 32/32", ratio.toFixed(2), "≥ 1.5"),
  ];
}
