/**
 * `deno task bench:wasm [--model]`: the wasm floor's figures beside the machine's peak.
 *
 * @module
 */
import { resolveLsgParameters } from "../attention/mod.ts";
import type { Backend, DataType, Floats } from "../backend.ts";
import { drawParameters, modelParameters, parseConfig } from "../checkpoint/mod.ts";
import { DATA_TYPES } from "../data_type.ts";
import { fullAttention } from "../models/attention/full_attention.ts";
import { lsgAttention } from "../models/attention/lsg_attention.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import { Random } from "../random.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { machineLine } from "./machine.ts";
import { measure } from "./measure.ts";
import { peak } from "./peak.ts";
import { formatTable } from "./table.ts";
import { lsgPairs } from "./visible_keys.ts";

/** RoBERTa-base: heads and their width. */
const HEADS = 12;
const WIDTH = 64;
const ROW = HEADS * WIDTH;

/** A figure: what, how fast, and against which limit. */
type Row = [what: string, threads: string, seconds: string, gflops: string, share: string];

/** Runs an operation to its end, without copying its result. */
async function finish(backend: Backend, operation: () => Floats): Promise<void> {
  const result = operation();
  await backend.settle();
  result.dispose();
}

function random(backend: Backend, dims: readonly number[]): Floats {
  const size = dims.reduce((product, n) => product * n, 1);
  return backend.floats(new Random(size % 1000).normals(size), dims);
}

function row(what: string, threads: number, seconds: number, flop: number, limit: number): Row {
  const gflops = flop / seconds / 1e9;
  const share = `${(100 * gflops / (limit * threads)).toFixed(0)} %`;
  return [what, String(threads), seconds.toFixed(3), gflops.toFixed(1), share];
}

async function products(threads: number, limit: number): Promise<Row[]> {
  const backends = await Promise.all(
    DATA_TYPES.map((dtype) => WasmBackend.open({ threads, dtype })),
  );
  const runs = backends.map((backend) => {
    const x = random(backend, [1, 4096, ROW]);
    const weight = backend.weight(new Random(1).normals(ROW * ROW), [ROW, ROW]);
    return () => finish(backend, () => backend.linear(x, weight));
  });
  const seconds = await measure(runs, { warmups: 3, repeats: 9 });
  backends.forEach((backend) => backend.dispose());
  return DATA_TYPES.map((dtype, i) =>
    row(`linear 4096×768×768, ${dtype}`, threads, seconds[i], 2 * 4096 * ROW * ROW, limit)
  );
}

async function attentions(threads: number, tokens: number, limit: number): Promise<Row[]> {
  const backend = await WasmBackend.open({ threads });
  const parameters = resolveLsgParameters({});
  const dims = [1, 1 + tokens, ROW];
  const projected = {
    query: random(backend, dims),
    key: random(backend, dims),
    value: random(backend, dims),
    mask: backend.integers(new Int32Array(tokens).fill(1), [1, tokens]),
    heads: HEADS,
  };
  const { mask: _, ...unmasked } = projected;
  const lsg = () =>
    backend.scope(() => lsgAttention(backend, { ...projected, globals: 1 }, parameters));
  const runs = [
    () => finish(backend, lsg),
    () => finish(backend, () => fullAttention(backend, unmasked)),
  ];
  const repeats = tokens > 4096 ? 3 : 5;
  const [sparse, full] = await measure(runs, { warmups: 1, repeats });
  backend.dispose();
  const count = tokens.toLocaleString("en");
  const pairs = lsgPairs(tokens, parameters);
  const allPairs = (1 + tokens) ** 2;
  const flop = 4 * WIDTH * HEADS;
  return [
    row(`LSG 128/128/2 norm, ${count} tokens`, threads, sparse, pairs * flop, limit),
    row(`full attention, ${count} tokens`, threads, full, allPairs * flop, limit),
    [
      `  full ÷ LSG ${(full / sparse).toFixed(2)}, ideal ${(allPairs / pairs).toFixed(2)}`,
      "",
      "",
      "",
      `${(100 * full / sparse / (allPairs / pairs)).toFixed(0)} %`,
    ],
  ];
}

/** RoBERTa-base with random weights: 12 layers, width 768. */
async function encoders(dtype: DataType, threads: number, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [tokens, lsg] of [[512, false], [4096, true]] as const) {
    const config = parseConfig({
      model_type: "roberta",
      max_position_embeddings: tokens + 2,
      ...(lsg && { base_model_prefix: "lsg" }),
    });
    const weights = drawParameters(modelParameters(config, "Model"), 0.02, new Random(0));
    const backend = await WasmBackend.open({ threads, dtype });
    const model = new EncoderModel(await loadParts(config, weights, { device: backend }));
    const input_ids = [Array.from({ length: tokens }, (_, i) => 5 + i * 7919 % 50_000)];
    const run = async () => {
      const { last_hidden_state, pooler_output } = await model({ input_ids });
      await last_hidden_state.getData();
      last_hidden_state.dispose();
      pooler_output?.dispose();
    };
    const [seconds] = await measure([run], { warmups: 1, repeats: 3 });
    const linear = 2 * tokens * 12 * (4 * ROW * ROW + 2 * ROW * 4 * ROW);
    const pairs = lsg ? lsgPairs(tokens, resolveLsgParameters({})) : tokens ** 2;
    const flop = linear + 12 * 4 * ROW * pairs;
    const name = `RoBERTa-base, ${tokens.toLocaleString("en")} tokens, ${
      lsg ? "LSG" : "full"
    }, ${dtype}`;
    rows.push(row(name, threads, seconds, flop, limit));
    model.dispose();
    backend.dispose();
  }
  return rows;
}

/**
 * Measures and prints the table.
 *
 * @param args `--model` adds whole encoders, which take minutes and 1 GB.
 * @param print Takes the lines.
 */
export async function main(args: readonly string[], print: (line: string) => void): Promise<void> {
  const limit = await peak();
  print(machineLine(new Date()));
  print(`Peak of a thread, multiply-adds in registers: ${limit.toFixed(1)} GFLOPS\n`);
  const rows: Row[] = [];
  const cores = navigator.hardwareConcurrency;
  for (const threads of new Set([1, cores])) {
    rows.push(...await products(threads, limit));
    rows.push(...await attentions(threads, 4096, limit));
  }
  rows.push(...await attentions(cores, 16384, limit));
  for (const dtype of args.includes("--model") ? DATA_TYPES : []) {
    rows.push(...await encoders(dtype, cores, limit));
  }
  for (const line of formatTable(["operation", "threads", "seconds", "GFLOPS", "share"], rows)) {
    print(line);
  }
}

if (import.meta.main) await main(Deno.args, console.log);
