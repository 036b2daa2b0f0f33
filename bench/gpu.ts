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
import { finish, randomFloats } from "./finish.ts";
import { formatFigure, HEADINGS } from "./gpu/format_figure.ts";
import { type CardFigure, describeCard, measureCard } from "./gpu/measure_card.ts";
import { describeMachine } from "./machine.ts";
import { measure } from "./measure.ts";
import { openJax } from "./peers/jax.ts";
import { readCounts } from "./read_counts.ts";
import { ROW } from "./roberta_base.ts";
import { formatTable } from "./table.ts";

const COMMAND = {
  name: "bench:gpu",
  summary: "This machine's WebGPU: its limits, and beside them what the library does with it.",
  options: {
    dtype: {
      type: "string",
      placeholder: "TYPE",
      default: "fp32",
      description: "Data type of weights: fp32, fp16 (of values, too) or q8.",
    },
    rows: { type: "number", default: 4096, description: "Rows of the matrix products." },
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
    vocabulary: {
      type: "number",
      default: 50265,
      description: "Rows of the matrix that one row is multiplied by.",
    },
    encoder: {
      type: "number",
      default: 4096,
      description: "Tokens that RoBERTa-base reads; 0 leaves it out.",
    },
    repeats: {
      type: "number",
      default: 5,
      description: "Measured readings, after one warm-up.",
    },
    milliseconds: {
      type: "number",
      default: 100,
      description: "Calls are repeated until a reading takes so long.",
    },
    jax: {
      type: "boolean",
      default: false,
      description: "Also measure the matrix product of jax-js, both in fp32.",
    },
  },
} as const satisfies Command;

/** Measures a product and the same in jax-js, in turns. */
async function measureJax(rows: number, repeats: number): Promise<CardFigure[]> {
  const backend = await GpuBackend.open();
  const x = randomFloats(backend, [1, rows, ROW]);
  const weight = backend.weight(new Random(1).normals(ROW * ROW), [ROW, ROW]);
  const jax = await openJax("webgpu");
  const draw = (seed: number, shape: number[]) =>
    jax.random.normal(jax.random.key(seed), shape).blockUntilReady();
  const [left, right] = [await draw(0, [rows, ROW]), await draw(1, [ROW, ROW])];
  const runs = [() => finish(backend, () => backend.linear(x, weight)), async () => {
    const product = jax.numpy.matmul(left.ref, right.ref);
    await product.blockUntilReady();
    product.dispose();
  }];
  const seconds = await measure(runs, { warmups: 1, repeats });
  backend.dispose();
  return ["this library, fp32", "jax-js, fp32"].map((name, i) => ({
    name: `one linear ${rows}×${ROW}×${ROW} a reading, ${name}`,
    seconds: seconds[i],
    rate: { value: 2 * rows * ROW * ROW / seconds[i] / 1e9, unit: "GFLOPS" },
  }));
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
    const dtype = chooseOne("dtype", options.dtype, ["fp32", "fp16", "q8"]);
    const tokens = readCounts("--tokens", options.tokens);
    const rows = requireCount("--rows", options.rows, 1);
    const heads = requireCount("--heads", options.heads, 1);
    const vocabulary = requireCount("--vocabulary", options.vocabulary, 1);
    const encoder = requireCount("--encoder", options.encoder, 0);
    const repeats = requireCount("--repeats", options.repeats, 1);
    const seconds = requireCount("--milliseconds", options.milliseconds, 1) / 1000;
    print(describeMachine(new Date()));
    print(`${await describeCard()}, ${dtype}\n`);
    const figures: CardFigure[] = [];
    const sizes = { dtype, rows, tokens, heads, vocabulary, encoder, repeats, seconds };
    try {
      for await (const figure of measureCard(sizes)) figures.push(figure);
      if (options.jax) figures.push(...await measureJax(rows, repeats));
    } finally {
      // Of a card that is lost on the way, what it did before.
      formatTable(HEADINGS, figures.map(formatFigure)).forEach((line) => print(line));
    }
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
