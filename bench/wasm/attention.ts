/**
 * LSG attention beside full attention.
 *
 * @module
 */
import { resolveLsgParameters } from "../../attention/mod.ts";
import { fullAttention } from "../../models/attention/full_attention.ts";
import { lsgAttention } from "../../models/attention/lsg_attention.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measure, type MeasureOptions } from "../measure.ts";
import { lsgPairs } from "../visible_keys.ts";
import {
  finish,
  HEADS,
  percent,
  randomFloats,
  ratioRow,
  ROW,
  type Row,
  speedRow,
  WIDTH,
} from "./figure.ts";

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
  const parameters = resolveLsgParameters({});
  const dims = [1, 1 + tokens, ROW];
  const unmasked = {
    query: randomFloats(backend, dims),
    key: randomFloats(backend, dims),
    value: randomFloats(backend, dims),
    heads: HEADS,
  };
  const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
  const input = { ...unmasked, mask, globals: 1 };
  const [lsg, full] = await measure([
    () => finish(backend, () => backend.scope(() => lsgAttention(backend, input, parameters))),
    () => finish(backend, () => fullAttention(backend, unmasked)),
  ], options);
  const pairs = lsgPairs(tokens, parameters), allPairs = (1 + tokens) ** 2;
  const speed = (what: string, seconds: number, pairs: number) => ({
    what: `${what}, ${tokens.toLocaleString("en")} tokens`,
    threads: backend.threads,
    seconds,
    flop: 4 * WIDTH * HEADS * pairs,
  });
  backend.dispose();
  const ratio = full / lsg, ideal = allPairs / pairs;
  return [
    speedRow(speed("LSG 128/128/2 norm", lsg, pairs), limit, 50),
    speedRow(speed("full attention", full, allPairs), limit),
    ratioRow(
      `full ÷ LSG ${ratio.toFixed(2)}, ideal ${ideal.toFixed(2)}`,
      percent(ratio / ideal),
      "≥ 80 %",
    ),
  ];
}
