/**
 * Whole encoders: RoBERTa-base with random weights, 12 layers, width 768.
 *
 * @module
 */
import { resolveLsgParameters } from "../../attention/mod.ts";
import type { DataType } from "../../backend.ts";
import { drawParameters, modelParameters, parseConfig } from "../../checkpoint/mod.ts";
import { EncoderModel, loadParts } from "../../models/mod.ts";
import { Random } from "../../random.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measure } from "../measure.ts";
import { lsgPairs } from "../visible_keys.ts";
import { ratioRow, ROW, type Row, speedRow } from "./figure.ts";

const LAYERS = 12;

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
  attention: "full" | "LSG",
  dtype: DataType,
  lengths: readonly number[],
  repeats: number,
  limit: number,
): Promise<Row[]> {
  const isLsg = attention === "LSG";
  const config = parseConfig({
    model_type: "roberta",
    max_position_embeddings: Math.max(...lengths) + 2,
    ...(isLsg && { base_model_prefix: "lsg" }),
  });
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
  const backend = await WasmBackend.open({ dtype });
  const { threads } = backend;
  const model = new EncoderModel(await loadParts(config, weights, { device: backend }));
  const run = async (tokens: number) => {
    const input_ids = [Array.from({ length: tokens }, (_, i) => 5 + i * 7919 % 50_000)];
    const { last_hidden_state, pooler_output } = await model({ input_ids });
    await last_hidden_state.getData();
    last_hidden_state.dispose();
    pooler_output?.dispose();
  };
  await run(lengths[0]);
  const runs = lengths.map((tokens) => () => run(tokens));
  const times = await measure(runs, { warmups: 0, repeats });
  model.dispose();
  backend.dispose();
  return lengths.flatMap((tokens, i) => {
    const pairs = isLsg ? lsgPairs(tokens, resolveLsgParameters({})) : tokens ** 2;
    const flop = LAYERS * (2 * tokens * 12 * ROW * ROW + 4 * ROW * pairs);
    const what = `RoBERTa-base, ${tokens.toLocaleString("en")} tokens, ${attention}, ${dtype}`;
    const row = speedRow({ what, threads, seconds: times[i], flop }, limit);
    if (i === 0) return [row];
    const growth = (times[i] / times[0]).toFixed(2);
    const lengthened = tokens / lengths[0];
    const name = `${tokens.toLocaleString("en")} ÷ ${lengths[0].toLocaleString("en")} tokens`;
    return [row, ratioRow(name, growth, `≤ ${(1.05 * lengthened).toFixed(1)}`)];
  });
}
