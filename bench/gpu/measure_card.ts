/**
 * What a graphics processor does with this library, each figure beside the limit of it: for
 * `deno task bench:gpu` and for the page `web/card`.
 *
 * @module
 */
import { GpuBackend, type GpuDataType } from "../../gpu/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { randomFloats } from "../finish.ts";
import { type Candidate, FULL, lsg } from "../measure_attentions.ts";
import { measure } from "../measure.ts";
import { countRobertaFlop, encode, openRoberta, ROW, VOCABULARY, WIDTH } from "../roberta_base.ts";
import { type Limits, measureLimits } from "./probes.ts";
import { timeCalls, type TimeOptions } from "./time_calls.ts";

/** What is measured. */
export interface CardOptions extends TimeOptions {
  /** Data type of weights, and with "fp16" of all values. */
  readonly dtype: GpuDataType;
  /** Rows of the matrix products and of the norm. */
  readonly rows: number;
  /** Text lengths for attention. */
  readonly tokens: readonly number[];
  /** Attention heads of width 64. */
  readonly heads: number;
  /** Rows of the matrix that one row is multiplied by. */
  readonly vocabulary: number;
  /** Tokens of a text that RoBERTa-base reads; 0 for none. */
  readonly encoder: number;
}

/** A row of the table. */
export interface CardFigure {
  /** What was measured. */
  readonly name: string;
  /** Its median time. */
  readonly seconds: number;
  /** What it did in a second, and what it could do at most, if that is known. */
  readonly rate?: {
    readonly value: number;
    readonly unit: "GFLOPS" | "GB/s";
    readonly limit?: number;
  };
  /** What else is to be said. */
  readonly note?: string;
}

/**
 * Names the graphics processor.
 *
 * @returns Its name as far as the browser or driver tells it, "emulated" if the CPU is it.
 */
export async function describeCard(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return "no graphics processor";
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name = description || [vendor, architecture, device].filter((part) => part).join(" ");
  return `${name || "unnamed"}${isFallbackAdapter ? ", emulated" : ""}`;
}

/**
 * Measures the graphics processor, figure by figure.
 *
 * @param options What is measured.
 * @returns Figures as they are ready.
 * @throws {NoAdapterError} If there is none.
 * @throws {RangeError} If it does not support the data type.
 */
export async function* measureCard(options: CardOptions): AsyncGenerator<CardFigure> {
  const limits = await measureLimits(options);
  yield { name: "an empty submission, read back", seconds: limits.reading };
  yield { name: "one more launch", seconds: limits.launch };
  yield { name: "multiply-adds in registers", seconds: 0, rate: rate(limits.peak, "GFLOPS") };
  yield { name: "reading memory", seconds: 0, rate: rate(limits.bandwidth, "GB/s") };
  const backend = await GpuBackend.open({ dtype: options.dtype });
  try {
    yield* measureProducts(backend, options, limits);
    yield* measureAttention(backend, options, limits);
    if (options.encoder > 0) yield await measureEncoder(backend, options, limits);
  } finally {
    backend.dispose();
  }
}

function rate(value: number, unit: "GFLOPS" | "GB/s", limit?: number): CardFigure["rate"] {
  return { value, unit, limit };
}

/** Seconds of an operation whose results are `[1, n, w]`. */
function time(
  backend: Backend,
  options: TimeOptions,
  operation: () => Floats,
): Promise<number> {
  return timeCalls(async (count) => {
    const first = backend.scope(() => {
      for (let i = 1; i < count; i++) backend.scope(operation).dispose();
      return backend.gatherRows(operation(), backend.integers(new Int32Array(1), [1, 1]));
    });
    await first.getData();
    first.dispose();
  }, options);
}

async function* measureProducts(
  backend: GpuBackend,
  options: CardOptions,
  { peak, bandwidth }: Limits,
): AsyncGenerator<CardFigure> {
  const { rows, vocabulary } = options;
  const bytes = backend.dtype === "fp16" ? 2 : 4;
  const weightBytes = backend.dtype === "q8" ? 1 : bytes;
  const weights = (outputs: number, inputs: number) =>
    backend.weight(new Random(outputs).normals(outputs * inputs), [outputs, inputs]);
  const [x, residual] = [0, 1].map(() => randomFloats(backend, [1, rows, ROW]));
  const [square, up, down] = [weights(ROW, ROW), weights(4 * ROW, ROW), weights(ROW, 4 * ROW)];
  const flops = (flop: number, seconds: number) => rate(flop / seconds / 1e9, "GFLOPS", peak);
  const linear = await time(backend, options, () => backend.linear(x, square));
  yield {
    name: `linear ${rows}×${ROW}×${ROW}`,
    seconds: linear,
    rate: flops(2 * rows * ROW * ROW, linear),
  };
  const both = await time(
    backend,
    options,
    () => backend.feedForward(x, { weight: up }, "gelu", { weight: down }),
  );
  yield {
    name: `feed-forward ${rows}×${ROW}-${4 * ROW}-${ROW}, GELU`,
    seconds: both,
    rate: flops(16 * rows * ROW * ROW, both),
  };
  const [scale, shift] = [0, 1].map(() => randomFloats(backend, [ROW]));
  const norm = await time(
    backend,
    options,
    () => backend.layerNorm(x, scale, shift, 1e-5, residual),
  );
  yield {
    name: `layer norm of ${rows}×${ROW}, with a residual`,
    seconds: norm,
    rate: rate(3 * rows * ROW * bytes / norm / 1e9, "GB/s", bandwidth),
  };
  const row = randomFloats(backend, [1, 1, ROW]);
  const table = weights(vocabulary, ROW);
  const one = await time(backend, options, () => backend.linear(row, table));
  yield {
    name: `linear of one row, 1×${ROW}×${vocabulary}`,
    seconds: one,
    rate: rate(vocabulary * ROW * weightBytes / one / 1e9, "GB/s", bandwidth),
  };
  for (const tensor of [x, residual, square, up, down, scale, shift, row, table]) tensor.dispose();
}

async function* measureAttention(
  backend: GpuBackend,
  options: CardOptions,
  { peak }: Limits,
): AsyncGenerator<CardFigure> {
  const { heads } = options;
  for (const tokens of options.tokens) {
    const dims = [1, 1 + tokens, heads * WIDTH];
    const [query, key, value] = [0, 1, 2].map(() => randomFloats(backend, dims));
    const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
    const candidates: readonly Candidate[] = [lsg("LSG 128/128/2 norm"), FULL];
    for (const { name, pairs, run } of candidates) {
      const seconds = await time(
        backend,
        options,
        () => run(backend, { query, key, value, mask, heads }),
      );
      yield {
        name: `${name}, ${tokens.toLocaleString("en")} tokens, ${heads} × ${WIDTH}`,
        seconds,
        rate: rate(4 * WIDTH * heads * pairs(tokens) / seconds / 1e9, "GFLOPS", peak),
      };
    }
    for (const tensor of [query, key, value, mask]) tensor.dispose();
  }
}

/** Measures RoBERTa-base with random weights. */
async function measureEncoder(
  backend: GpuBackend,
  { encoder: tokens, repeats }: CardOptions,
  { peak }: Limits,
): Promise<CardFigure> {
  const model = await openRoberta(backend, tokens, "LSG");
  const before = backend.counts;
  await encode(model, tokens, VOCABULARY);
  const { launches, submissions, readBacks } = backend.counts;
  const [seconds] = await measure([() => encode(model, tokens, VOCABULARY)], {
    warmups: 1,
    repeats,
  });
  model.dispose();
  return {
    name: `RoBERTa-base, ${tokens.toLocaleString("en")} tokens, LSG`,
    seconds,
    rate: rate(countRobertaFlop(tokens, "LSG") / seconds / 1e9, "GFLOPS", peak),
    note: `${launches - before.launches} launches, ${submissions - before.submissions} ` +
      `submissions, ${readBacks - before.readBacks} read-backs`,
  };
}
