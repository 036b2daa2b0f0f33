/**
 * A decoder of 135 million weights on two threads: a token, and a prompt, beside the machine's
 * limits.
 *
 * @module
 */
import type { DecoderLM } from "../generation/mod.ts";
import type { DataType } from "../ops/backend.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { openReadThreads, READ_BYTES } from "./bandwidth.ts";
import { measureThreads } from "./busiest_thread.ts";
import { finish, randomFloats } from "./finish.ts";
import { median } from "./measure.ts";
import { makeOwnPeak } from "./peak.ts";
import { countPromptFlop, openSmolLm, SMOL_LM, STEP_WEIGHTS } from "./smol_lm.ts";
import { makeTokenIds } from "./token_ids.ts";

const THREADS = 2;

/** Tokens before the first that is measured, tokens of a run, and tokens of the prompt. */
const PAST = 64;
const TOKENS = 16;
const PROMPT = 512;

/** Rows, inputs and outputs of the product that the prompt is compared with. */
const PRODUCT = [4096, 768, 768] as const;

const SELF_EXTEND = { group_size: 4, window_size: 32 };

/** Headings of the table. */
export const MODEL_HEADINGS = [
  "llama, 135 M, 2 threads",
  "MB",
  "ms",
  "passed",
  "reached",
  "wanted",
];

/**
 * Time that a run takes where nothing else runs: that of the thread that records operations, and of
 * the busiest of those that run them meanwhile or afterwards.
 */
function criticalTime([main, ...others]: readonly number[]): number {
  return main + Math.max(0, ...others);
}

/** A run, and the times it took. */
interface Timed {
  readonly run: () => Promise<unknown>;
  /** Starts threads that have stopped meanwhile. */
  readonly wake: () => Promise<unknown>;
  /** Seconds without others, and seconds that passed. */
  readonly own: number[];
  readonly passed: number[];
}

/** Continues a row by some tokens each time. */
async function continueRow(
  model: DecoderLM,
  self_extend: typeof SELF_EXTEND | null,
  most: number,
): Promise<() => Promise<void>> {
  const settings = {
    self_extend,
    eos_token_id: null,
    pad_token_id: 0,
    return_dict_in_generate: true,
  } as const;
  let ids = makeTokenIds(PAST, SMOL_LM.vocab_size - 5);
  // A call with room for all of them, so that the cache is never copied.
  const first = await model.generate({
    input_ids: [ids],
    ...settings,
    max_new_tokens: most,
    stopping_criteria: () => [true],
  });
  const { past_key_values } = first;
  ids = [...past_key_values.rows[0]];
  return async () => {
    const { sequences } = await model.generate({
      input_ids: [ids.concat(1)],
      past_key_values,
      ...settings,
      max_new_tokens: TOKENS,
    });
    ids = Array.from(sequences.data.slice(0, -1), Number);
  };
}

/**
 * Measures both data types, interleaved with the limits.
 *
 * @param repeats Measured runs of each.
 * @returns Rows of the table.
 */
export async function measureModel(repeats: number): Promise<string[][]> {
  using read = await openReadThreads(THREADS);
  const peak = await makeOwnPeak();
  const times = new Map<string, Timed>();
  const backends: WasmBackend[] = [];
  const most = (repeats + 2) * TOKENS;
  times.set("read", { run: read, wake: read, own: [], passed: [] });
  const prompt = makeTokenIds(PROMPT, SMOL_LM.vocab_size - 5);
  for (const dtype of ["fp32", "q8"] as const) {
    const backend = await WasmBackend.open({ dtype, threads: THREADS });
    backends.push(backend);
    const one = randomFloats(backend, [1, 1, 1]);
    const wake = () => finish(backend, () => backend.add(one, one));
    const add = (name: string, run: () => Promise<unknown>) =>
      times.set(name, { run, wake, own: [], passed: [] });
    const model = await openSmolLm(backend);
    const [rows, inputs, outputs] = PRODUCT;
    const x = randomFloats(backend, [1, rows, inputs]);
    const weight = backend.weight(new Float32Array(inputs * outputs).fill(0.01), [outputs, inputs]);
    add(dtype, await continueRow(model, null, most));
    add(`${dtype} extended`, await continueRow(model, SELF_EXTEND, most));
    add(`${dtype} product`, () => finish(backend, () => backend.linear(x, weight)));
    add(`${dtype} prompt`, async () => {
      const runner = model.startDecoding({ capacity: PROMPT, longest: PROMPT });
      const logits = await runner.start([prompt]);
      await logits.getData();
      logits.dispose();
      runner.dispose();
    });
  }
  const peaks: number[] = [];
  for (let i = -2; i < repeats; i++) {
    const rate = await peak();
    if (i >= 0) peaks.push(rate);
    for (const { run, wake, own, passed } of times.values()) {
      await wake();
      const times = await measureThreads(run);
      if (i < 0) continue;
      own.push(criticalTime(times.threads));
      passed.push(times.passed);
    }
  }
  backends.forEach((backend) => backend.dispose());
  return formatRows(times, median(peaks));
}

function formatRows(times: ReadonlyMap<string, Timed>, peak: number): string[][] {
  const timeOf = (name: string) => median(times.get(name)!.own);
  const row = (
    name: string,
    what: string,
    count: number,
    megabytes: string,
    reached: string,
    wanted = "",
  ) => [
    what,
    megabytes,
    (timeOf(name) / count * 1e3).toFixed(1),
    (median(times.get(name)!.passed) / count * 1e3).toFixed(1),
    reached,
    wanted,
  ];
  const bandwidth = READ_BYTES / timeOf("read");
  const bytes = (dtype: DataType) => STEP_WEIGHTS * (dtype === "fp32" ? 4 : 1);
  const share = (value: number) => `${(100 * value).toFixed(0)} %`;
  const [rows, inputs, outputs] = PRODUCT;
  const flop = 2 * rows * inputs * outputs;
  const rate = (dtype: DataType) => flop / timeOf(`${dtype} product`);
  const each = (["fp32", "q8"] as const).flatMap((dtype) => {
    const token = timeOf(dtype) / TOKENS;
    const isFloat = dtype === "fp32";
    const wanted = isFloat ? ["≥ 70 %", "≥ 75 %"] : ["", ""];
    const promptRate = countPromptFlop(PROMPT) / timeOf(`${dtype} prompt`);
    return [
      row(
        dtype,
        `a token, ${dtype}`,
        TOKENS,
        (bytes(dtype) / 1e6).toFixed(0),
        `${share(bytes(dtype) / bandwidth / token)} of reading`,
        wanted[0],
      ),
      row(
        `${dtype} extended`,
        `  with Self-Extend`,
        TOKENS,
        "",
        `${(timeOf(`${dtype} extended`) / timeOf(dtype)).toFixed(2)} × without`,
        "≤ 1.30",
      ),
      row(
        `${dtype} product`,
        `product ${PRODUCT.join("×")}, ${dtype}`,
        1,
        "",
        `${(rate(dtype) / 1e9).toFixed(0)} GFLOPS, ${
          share(rate(dtype) / THREADS / peak / 1e9)
        } of peak`,
      ),
      row(
        `${dtype} prompt`,
        `${PROMPT} tokens of a prompt, ${dtype}`,
        1,
        "",
        `${(promptRate / 1e9).toFixed(0)} GFLOPS, ${share(promptRate / rate(dtype))} of product`,
        wanted[1],
      ),
    ];
  });
  return [
    row(
      "read",
      "reading, both threads at once",
      1,
      (READ_BYTES / 1e6).toFixed(0),
      `${(bandwidth / 1e9).toFixed(1)} GB/s`,
    ),
    ...each,
    ["fp32 ÷ q8, a token", "", "", "", (timeOf("fp32") / timeOf("q8")).toFixed(2), "≥ 1.80"],
    ["multiply-adds in registers, a thread", "", "", "", `${peak.toFixed(1)} GFLOPS`, ""],
  ];
}
