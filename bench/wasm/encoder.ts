/**
 * Whole encoders: RoBERTa-base with random weights, 12 layers, width 768.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measure } from "../measure.ts";
import { encode, openRoberta, type RobertaAttention, robertaFlop, WORDS } from "../roberta_base.ts";
import { ratioRow, type Row, speedRow } from "./figure.ts";

/**
 * Measures passes of several lengths in turn, on as many threads as the machine has cores, after a
 * pass of the first length that does not count.
 *
 * @param attention Full, or LSG with its defaults.
 * @param dtype In which form weights are held.
 * @param lengths How many tokens each pass has.
 * @param repeats How often each runs.
 * @param limit What a thread does at best, in GFLOPS.
 * @returns A line for each length.
 */
export async function encoderRows(
  attention: RobertaAttention,
  dtype: DataType,
  lengths: readonly number[],
  repeats: number,
  limit: number,
): Promise<Row[]> {
  const backend = await WasmBackend.open({ dtype });
  const { threads } = backend;
  const model = await openRoberta(backend, Math.max(...lengths), attention);
  await encode(model, lengths[0], WORDS);
  const runs = lengths.map((tokens) => () => encode(model, tokens, WORDS));
  const times = await measure(runs, { warmups: 0, repeats });
  model.dispose();
  backend.dispose();
  return lengths.flatMap((tokens, i) => {
    const what = `RoBERTa-base, ${tokens.toLocaleString("en")} tokens, ${attention}, ${dtype}`;
    const row = speedRow(
      { what, threads, seconds: times[i], flop: robertaFlop(tokens, attention) },
      limit,
    );
    if (i === 0) return [row];
    const growth = (times[i] / times[0]).toFixed(2);
    const lengthened = tokens / lengths[0];
    const name = `${tokens.toLocaleString("en")} ÷ ${lengths[0].toLocaleString("en")} tokens`;
    return [row, ratioRow(name, growth, `≤ ${(1.05 * lengthened).toFixed(1)}`)];
  });
}
