/**
 * `deno task bench:gpu [options]`: the WebGPU floor's figures.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { resolveLsgParameters } from "../attention/mod.ts";
import type { Floats } from "../backend.ts";
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { GpuBackend } from "../gpu/mod.ts";
import { fullAttention } from "../models/attention/full_attention.ts";
import { lsgAttention } from "../models/attention/lsg_attention.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import { Random } from "../random.ts";
import { openJax } from "./peers/jax.ts";
import { machineLine } from "./machine.ts";
import { measure } from "./measure.ts";
import { formatTable } from "./table.ts";
import { lsgPairs } from "./visible_keys.ts";

const USAGE = `Matrix products and attention on WebGPU.

deno task bench:gpu [options]

  --dtype NAME    how values are stored, fp32 or fp16  (fp32)
  --rows N        rows of the matrix product  (4096)
  --tokens N,N    lengths of attention  (4096,16384)
  --heads N       heads of attention, 64 wide; an emulated processor wants few  (12)
  --repeats N     runs that count, after one that compiles  (5)
  --jax           adds jax-js's matrix product
  --model         adds RoBERTa-base at 4,096 tokens
  --help          this text`;

/** Width of a head. */
const WIDTH = 64;

/** Width of RoBERTa-base's rows. */
const ROW = 768;

/** A figure: what, and how fast. */
type Row = [what: string, seconds: string, gflops: string];

function row(what: string, seconds: number, flop: number): Row {
  return [what, seconds.toFixed(4), (flop / seconds / 1e9).toFixed(2)];
}

function random(backend: GpuBackend, dims: readonly number[]): Floats {
  const size = dims.reduce((product, n) => product * n, 1);
  return backend.floats(new Random(size % 1000).normals(size), dims);
}

/** Runs an operation to its end, and reads one row of its result `[1, n, w]`. */
async function finish(backend: GpuBackend, operation: () => Floats): Promise<void> {
  const first = backend.scope(() =>
    backend.gatherRows(operation(), backend.integers(new Int32Array(1), [1, 1]))
  );
  await first.getData();
  first.dispose();
}

async function product(
  backend: GpuBackend,
  rows: number,
  repeats: number,
  beside: boolean,
): Promise<Row[]> {
  const x = random(backend, [1, rows, ROW]);
  const weight = backend.weight(new Random(1).normals(ROW * ROW), [ROW, ROW]);
  const runs = [() => finish(backend, () => backend.linear(x, weight))];
  if (beside) runs.push(await jaxProduct(rows));
  const seconds = await measure(runs, { warmups: 1, repeats });
  [x, weight].forEach((tensor) => tensor.dispose());
  const names = [`linear ${rows}×${ROW}×${ROW}`, "  the same in jax-js"];
  return seconds.map((each, i) => row(names[i], each, 2 * rows * ROW * ROW));
}

/** The same product in jax-js, on WebGPU. */
async function jaxProduct(rows: number): Promise<() => Promise<void>> {
  const jax = await openJax("webgpu");
  const draw = (seed: number, shape: number[]) =>
    jax.random.normal(jax.random.key(seed), shape).blockUntilReady();
  const [left, right] = [await draw(0, [rows, ROW]), await draw(1, [ROW, ROW])];
  return async () => {
    const product = jax.numpy.matmul(left.ref, right.ref);
    await product.blockUntilReady();
    product.dispose();
  };
}

async function attentions(
  backend: GpuBackend,
  tokens: number,
  heads: number,
  repeats: number,
): Promise<Row[]> {
  const parameters = resolveLsgParameters({});
  const dims = [1, 1 + tokens, heads * WIDTH];
  const [query, key, value] = [0, 1, 2].map(() => random(backend, dims));
  const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
  const unmasked = { query, key, value, heads };
  const runs = [
    () =>
      finish(backend, () => lsgAttention(backend, { ...unmasked, mask, globals: 1 }, parameters)),
    () => finish(backend, () => fullAttention(backend, unmasked)),
  ];
  const [sparse, full] = await measure(runs, { warmups: 1, repeats });
  [query, key, value, mask].forEach((tensor) => tensor.dispose());
  const count = tokens.toLocaleString("en");
  const pairs = lsgPairs(tokens, parameters);
  const allPairs = (1 + tokens) ** 2;
  const flop = 4 * WIDTH * heads;
  const [ratio, ideal] = [full / sparse, allPairs / pairs];
  return [
    row(`LSG 128/128/2 norm, ${count} tokens, ${heads} heads`, sparse, pairs * flop),
    row(`full attention, ${count} tokens, ${heads} heads`, full, allPairs * flop),
    [`  full ÷ LSG ${ratio.toFixed(2)}, ideal ${ideal.toFixed(2)}`, "", share(ratio / ideal)],
  ];
}

function share(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

/** RoBERTa-base with random weights: 12 layers, width 768. */
async function encoder(backend: GpuBackend, repeats: number): Promise<Row[]> {
  const tokens = 4096;
  const config = parseConfig({
    model_type: "roberta",
    base_model_prefix: "lsg",
    max_position_embeddings: tokens + 2,
  });
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
  const model = new EncoderModel(await loadParts(config, weights, { device: backend }));
  const input_ids = [Array.from({ length: tokens }, (_, i) => 5 + i * 7919 % 50_000)];
  const run = async () => {
    const { last_hidden_state, pooler_output } = await model({ input_ids });
    await last_hidden_state.getData();
    last_hidden_state.dispose();
    pooler_output?.dispose();
  };
  const before = backend.counts;
  await run();
  const { launches, submissions, readBacks } = backend.counts;
  const [seconds] = await measure([run], { warmups: 1, repeats });
  model.dispose();
  const linear = 2 * tokens * 12 * (4 * ROW * ROW + 2 * ROW * 4 * ROW);
  const attention = 12 * 4 * ROW * lsgPairs(tokens, resolveLsgParameters({}));
  return [
    row("RoBERTa-base, 4,096 tokens, LSG", seconds, linear + attention),
    [
      `  ${launches - before.launches} launches, ${
        submissions - before.submissions
      } submissions, ` +
      `${readBacks - before.readBacks} read-backs`,
      "",
      "",
    ],
  ];
}

/**
 * Measures and prints the table.
 *
 * @param args The options.
 * @param print Takes the lines.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const options = parseArgs(args, {
    string: ["dtype", "rows", "tokens", "heads", "repeats"],
    boolean: ["jax", "model", "help"],
    default: { dtype: "fp32", rows: "4096", tokens: "4096,16384", heads: "12", repeats: "5" },
  });
  const { dtype, tokens, rows, heads, repeats } = options;
  const numbers = [...tokens.split(","), rows, heads, repeats];
  const isWrong = !numbers.every((number) => /^[1-9]\d*$/.test(number)) ||
    !["fp32", "fp16"].includes(dtype);
  if (options.help || isWrong) {
    print(USAGE);
    return isWrong ? 2 : 0;
  }
  const { description, vendor, isFallbackAdapter } = (await navigator.gpu.requestAdapter())!.info;
  const backend = await GpuBackend.open({ dtype: dtype as "fp32" | "fp16" });
  print(machineLine(new Date()));
  print(`${description || vendor}${isFallbackAdapter ? ", emulated" : ""}, ${dtype}\n`);
  const table: Row[] = await product(
    backend,
    Number(rows),
    Number(repeats),
    options.jax,
  );
  for (const count of tokens.split(",")) {
    table.push(...await attentions(backend, Number(count), Number(heads), Number(repeats)));
  }
  if (options.model) table.push(...await encoder(backend, Number(repeats)));
  for (const line of formatTable(["operation", "seconds", "GFLOPS"], table)) print(line);
  backend.dispose();
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
