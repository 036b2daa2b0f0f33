/**
 * `deno task bench:gpu [options]`: measures the WebGPU backend.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { GpuBackend } from "../gpu/mod.ts";
import { Random } from "../tensor/random.ts";
import { computeGain, FULL, lsg, measureAttentions } from "./measure_attentions.ts";
import { finish, randomFloats } from "./finish.ts";
import { describeMachine } from "./machine.ts";
import { measure } from "./measure.ts";
import { openJax } from "./peers/jax.ts";
import { readCounts } from "./read_counts.ts";
import { countRobertaFlop, encode, openRoberta, ROW, VOCABULARY } from "./roberta_base.ts";
import { formatTable } from "./table.ts";

const COMMAND = {
  name: "bench:gpu",
  summary: "Matrix products and attention on WebGPU.",
  options: {
    dtype: {
      type: "string",
      placeholder: "TYPE",
      default: "fp32",
      description: "Storage type of values: fp32 or fp16.",
    },
    rows: { type: "number", default: 4096, description: "Rows of the matrix product." },
    tokens: {
      type: "string",
      placeholder: "N,N",
      default: "4096,16384",
      description: "Text lengths for attention.",
    },
    heads: {
      type: "number",
      default: 12,
      description: "Attention heads of width 64; use few on an emulated GPU.",
    },
    repeats: {
      type: "number",
      default: 5,
      description: "Measured runs, after one warm-up run.",
    },
    jax: {
      type: "boolean",
      default: false,
      description: "Also measure the matrix product of jax-js.",
    },
    model: {
      type: "boolean",
      default: false,
      description: "Also measure RoBERTa-base at 4,096 tokens.",
    },
  },
} as const satisfies Command;

/** A row of the table. */
type Row = [what: string, seconds: string, gflops: string];

function formatRow(what: string, seconds: number, flop: number): Row {
  return [what, seconds.toFixed(4), (flop / seconds / 1e9).toFixed(2)];
}

async function measureProduct(
  backend: GpuBackend,
  rows: number,
  repeats: number,
  withJax: boolean,
): Promise<Row[]> {
  const x = randomFloats(backend, [1, rows, ROW]);
  const weight = backend.weight(new Random(1).normals(ROW * ROW), [ROW, ROW]);
  const runs = [() => finish(backend, () => backend.linear(x, weight))];
  if (withJax) runs.push(await prepareJaxProduct(rows));
  const seconds = await measure(runs, { warmups: 1, repeats });
  [x, weight].forEach((tensor) => tensor.dispose());
  const names = [`linear ${rows}×${ROW}×${ROW}`, "  the same in jax-js"];
  return seconds.map((each, i) => formatRow(names[i], each, 2 * rows * ROW * ROW));
}

/** Prepares the same product in jax-js on WebGPU. */
async function prepareJaxProduct(rows: number): Promise<() => Promise<void>> {
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

async function measureAttention(
  backend: GpuBackend,
  tokens: number,
  heads: number,
  repeats: number,
): Promise<Row[]> {
  const candidates = [lsg("LSG 128/128/2 norm"), FULL];
  const times = await measureAttentions(candidates, backend, tokens, heads, {
    warmups: 1,
    repeats,
  });
  const gain = computeGain(times[0], times[1]);
  return [
    ...times.map(({ what, seconds, flop }) => formatRow(`${what}, ${heads} heads`, seconds, flop)),
    [`  ${gain.what}`, "", `${(100 * gain.share).toFixed(0)} %`],
  ];
}

/** Measures RoBERTa-base with random weights. */
async function measureEncoder(backend: GpuBackend, repeats: number): Promise<Row[]> {
  const tokens = 4096;
  const model = await openRoberta(backend, tokens, "LSG");
  const run = () => encode(model, tokens, VOCABULARY);
  const before = backend.counts;
  await run();
  const { launches, submissions, readBacks } = backend.counts;
  const [seconds] = await measure([run], { warmups: 1, repeats });
  model.dispose();
  return [
    formatRow("RoBERTa-base, 4,096 tokens, LSG", seconds, countRobertaFlop(tokens, "LSG")),
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
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: options }) => {
    const dtype = chooseOne("dtype", options.dtype, ["fp32", "fp16"]);
    const lengths = readCounts("--tokens", options.tokens);
    const rows = requireCount("--rows", options.rows, 1);
    const heads = requireCount("--heads", options.heads, 1);
    const repeats = requireCount("--repeats", options.repeats, 1);
    const { description, vendor, isFallbackAdapter } = (await navigator.gpu.requestAdapter())!.info;
    const backend = await GpuBackend.open({ dtype });
    print(describeMachine(new Date()));
    print(`${description || vendor}${isFallbackAdapter ? ", emulated" : ""}, ${dtype}\n`);
    const table: Row[] = await measureProduct(
      backend,
      rows,
      repeats,
      options.jax,
    );
    for (const count of lengths) {
      table.push(...await measureAttention(backend, count, heads, repeats));
    }
    if (options.model) table.push(...await measureEncoder(backend, repeats));
    for (const line of formatTable(["operation", "seconds", "GFLOPS"], table)) print(line);
    backend.dispose();
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
