import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { BackendName, DataType } from "../../ops/backend.ts";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { softmax } from "../../pipelines/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { assertSameBits } from "../helpers/compare.ts";
import "../helpers/quiet_reference.ts";

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));
const BOOK = new URL("../../demo/northanger_abbey.txt", import.meta.url);

/** Every seventh token of the demo's book is hidden. */
async function readRiddle(tokens: number) {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = await Deno.readTextFile(BOOK);
  const { input_ids } = tokenizer(text, { truncation: true, max_length: tokens });
  const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
  const positions = ids.map((_, i) => i).filter((i) => i % 7 === 3 && i < tokens - 1);
  const truth = positions.map((position) => ids[position]);
  for (const position of positions) ids[position] = tokenizer.mask_token_id!;
  return { input_ids: [ids], positions, truth };
}

type Riddle = Awaited<ReturnType<typeof readRiddle>>;

/**
 * How far below the best a guess in q8 may be, by the scores in fp32: 8-bit weights move a score by
 * 0.045 (measured, root mean square), the difference of two by √2 as much; this is four times that.
 */
const NEAR_TIE = 0.25;

/** Scores, likeliest tokens, mean bits of the true ones, and bytes of all weights. */
async function guess(
  device: BackendName,
  dtype: DataType,
  { input_ids, positions, truth }: Riddle,
) {
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, { device, dtype });
  const { bytes } = model.backend.memory();
  const logits = await model.logitsAt({ input_ids }, [positions]);
  const scores = await logits.getData();
  model.dispose();
  const rows = truth.map((_, i) => softmax(scores.subarray(i * 8192, (i + 1) * 8192)));
  const best = rows.map((row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
  const bits = rows.reduce((sum, row, i) => sum - Math.log2(row[truth[i]]), 0) / rows.length;
  return { scores, best, bits, bytes };
}

Deno.test("the embedded model guesses in fp16 as in fp32, which its file holds", async () => {
  const riddle = await readRiddle(128);
  const [plain, half] = [await guess("wasm", "fp32", riddle), await guess("wasm", "fp16", riddle)];
  assertSameBits(half.scores, plain.scores);
  assert(half.bytes < 0.51 * plain.bytes, `${half.bytes} of ${plain.bytes} bytes`);
});

Deno.test("the embedded model guesses in q8 nearly as in fp32", async () => {
  const riddle = await readRiddle(512);
  const [plain, small] = [await guess("wasm", "fp32", riddle), await guess("wasm", "q8", riddle)];
  small.best.forEach((id, i) => {
    const [best, guessed] = [plain.best[i], id].map((each) => plain.scores[i * 8192 + each]);
    assert(best - guessed < NEAR_TIE, `position ${i}: ${id} instead of ${plain.best[i]}`);
  });
  assert(Math.abs(small.bits / plain.bits - 1) < 0.003, `${small.bits} and ${plain.bits} bits`);
  assert(small.bytes < 0.27 * plain.bytes, `${small.bytes} of ${plain.bytes} bytes`);
});

Deno.test("the reference's q8 guesses are those of wasm", async () => {
  const riddle = await readRiddle(48);
  const [cpu, wasm] = [await guess("cpu", "q8", riddle), await guess("wasm", "q8", riddle)];
  assertEquals(wasm.best, cpu.best);
});
