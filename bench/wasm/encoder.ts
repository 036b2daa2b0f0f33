/**
 * Figures of whole encoders: RoBERTa-base with random weights, 12 layers, width 768.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measureThreads } from "../busiest_thread.ts";
import { measure, median } from "../measure.ts";
import {
  countRobertaFlop,
  encode,
  encodeBatch,
  openRoberta,
  type RobertaAttention,
  VOCABULARY,
} from "../roberta_base.ts";
import { formatPercent, formatRatio, formatSpeed, type Row } from "./figure.ts";

/**
 * Measures passes of several lengths, interleaved, on one thread per core, after a warm-up pass of
 * the first length.
 *
 * @param attention Full, or LSG with its defaults.
 * @param dtype Data type of the weights.
 * @param lengths Tokens of each pass.
 * @param repeats Measured passes of each length.
 * @param limit Peak GFLOPS of one thread.
 * @returns One row per length, and one for the growth over the first length.
 */
export async function measureEncoder(
  attention: RobertaAttention,
  dtype: DataType,
  lengths: readonly number[],
  repeats: number,
  limit: number,
): Promise<Row[]> {
  const backend = await WasmBackend.open({ dtype });
  const { threads } = backend;
  const model = await openRoberta(backend, Math.max(...lengths), attention);
  await encode(model, lengths[0], VOCABULARY);
  const runs = lengths.map((tokens) => () => encode(model, tokens, VOCABULARY));
  const times = await measure(runs, { warmups: 0, repeats });
  model.dispose();
  backend.dispose();
  return lengths.flatMap((tokens, i) => {
    const what = `RoBERTa-base, ${tokens.toLocaleString("en")} tokens, ${attention}, ${dtype}`;
    const row = formatSpeed(
      { what, threads, seconds: times[i], flop: countRobertaFlop(tokens, attention) },
      limit,
    );
    if (i === 0) return [row];
    const growth = (times[i] / times[0]).toFixed(2);
    const lengthened = tokens / lengths[0];
    const name = `${tokens.toLocaleString("en")} ÷ ${lengths[0].toLocaleString("en")} tokens`;
    return [row, formatRatio(name, growth, `≤ ${(1.05 * lengthened).toFixed(1)}`)];
  });
}

/** Layers of the model that runs batches: enough for a ratio. */
const BATCH_LAYERS = 3;

/** Texts of a batch, and as many of the same length with as many tokens. */
const UNEQUAL = [512, 1024, 3000, 4096];
const EQUAL = UNEQUAL.map(() => UNEQUAL.reduce((a, b) => a + b) / UNEQUAL.length);

/**
 * Measures a padded batch of texts of unequal lengths, and one of equal lengths with as many tokens,
 * interleaved, by the time that its threads run, their mean.
 *
 * @param repeats Measured passes of each.
 * @returns One row for each, and one for their ratio.
 */
export async function measureUnequal(repeats: number): Promise<Row[]> {
  const backend = await WasmBackend.open();
  const { threads } = backend;
  const model = await openRoberta(backend, Math.max(...UNEQUAL), "LSG", BATCH_LAYERS);
  await encodeBatch(model, [512]);
  const times: number[][] = [[], []];
  for (let i = 0; i < repeats; i++) {
    for (const [which, lengths] of [UNEQUAL, EQUAL].entries()) {
      const ran = await measureThreads(() => encodeBatch(model, lengths));
      times[which].push(ran.threads.reduce((a, b) => a + b) / threads);
    }
  }
  model.dispose();
  backend.dispose();
  const [unequal, equal] = times.map(median);
  const row = (lengths: readonly number[], seconds: number): Row => [
    `${BATCH_LAYERS} layers, LSG, fp32, texts of ${lengths.join(", ")} tokens`,
    String(threads),
    seconds.toFixed(3),
    "",
    "",
    "",
  ];
  return [
    row(UNEQUAL, unequal),
    row(EQUAL, equal),
    formatRatio("speed of unequal ÷ equal texts", formatPercent(equal / unequal), "≥ 90 %"),
  ];
}
