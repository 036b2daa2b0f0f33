/**
 * Figures of attention patterns.
 *
 * @module
 */
import { WasmBackend } from "../../wasm/mod.ts";
import { computeGain, FULL, LONGFORMER, lsg, measureAttentions } from "../measure_attentions.ts";
import type { MeasureOptions } from "../measure.ts";
import { HEADS } from "../roberta_base.ts";
import { formatPercent, formatRatio, formatSpeed, type Row } from "./figure.ts";

/**
 * Measures LSG and full attention, interleaved: all heads of RoBERTa-base, LSG with its defaults and
 * one global token.
 *
 * @param threads Number of threads; one per core if absent.
 * @param tokens Number of tokens.
 * @param options Numbers of runs.
 * @param limit Peak GFLOPS of one thread.
 * @returns One row for each, and one for their ratio and that of their visible keys.
 */
export async function measureAttention(
  threads: number | undefined,
  tokens: number,
  options: MeasureOptions,
  limit: number,
): Promise<Row[]> {
  const backend = await WasmBackend.open({ threads });
  const candidates = [lsg("LSG 128/128/2 norm"), FULL];
  const [sparse, full] = await measureAttentions(candidates, backend, tokens, HEADS, options);
  const shared = { threads: backend.threads };
  backend.dispose();
  const { what, share } = computeGain(sparse, full);
  return [
    formatSpeed({ ...shared, ...sparse }, limit, 50),
    formatSpeed({ ...shared, ...full }, limit),
    formatRatio(what, formatPercent(share), "≥ 80 %"),
  ];
}

/**
 * Measures Longformer attention and LSG attention with several block sizes, interleaved, on one
 * thread per core.
 *
 * @param limit Peak GFLOPS of one thread.
 * @returns One row for each, and one for the speed-up of the smallest blocks over Longformer.
 */
export async function measurePatterns(limit: number): Promise<Row[]> {
  const backend = await WasmBackend.open();
  const candidates = [
    LONGFORMER,
    lsg("LSG 256/0", { block_size: 256, sparsity_type: "none" }),
    lsg("LSG 128/128/2 norm"),
    lsg("LSG 32/32/2 norm", { block_size: 32, sparse_block_size: 32 }),
  ];
  const options = { warmups: 2, repeats: 9 };
  const times = await measureAttentions(candidates, backend, 4096, HEADS, options);
  const { threads } = backend;
  backend.dispose();
  const ratio = times[0].seconds / times[3].seconds;
  return [
    ...times.map((time) => formatSpeed({ threads, ...time }, limit)),
    formatRatio("Longformer 512 ÷ LSG 32/32", ratio.toFixed(2), "≥ 1.5"),
  ];
}
