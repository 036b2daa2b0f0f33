import { assert, assertEquals } from "@std/assert";
import type { BackendName, DataType } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { disposeAll, drawIds, loadSeq2Seq } from "../models/seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

const INPUT_IDS = [drawIds(new Random(1), 37)];
const DECODER_INPUT_IDS = [drawIds(new Random(2), 12)];

/**
 * Relative error of logits in q8. A step is 1/127 of a row's largest value, here some 2.5 times its
 * root mean square; rounding to it errs by 1/√12 of it, in x and in W. 45 linear layers add up.
 */
const Q8_ERROR = 2.5 / 127 / Math.sqrt(12) * Math.sqrt(2 * 45);

/** Logits of a pass, ids and scores of a beam search, in a data type of weights. */
async function write(device: BackendName, dtype: DataType) {
  const model = await loadSeq2Seq("bart_lsg_norm", { device, dtype });
  const outputs = await model({ input_ids: INPUT_IDS, decoder_input_ids: DECODER_INPUT_IDS });
  const logits = (await outputs.logits.getData()).slice();
  disposeAll(outputs);
  const { sequences, sequences_scores, past_key_values } = await model.generate({
    input_ids: INPUT_IDS,
    num_beams: 3,
    num_return_sequences: 3,
    max_length: 16,
    return_dict_in_generate: true,
    output_scores: true,
  });
  past_key_values.dispose();
  model.dispose();
  return { logits, ids: sequences.tolist(), scores: sequences_scores!.data };
}

Deno.test("a file of float16 writes in fp16 as in fp32", async () => {
  const [plain, half] = [await write("wasm", "fp32"), await write("wasm", "fp16")];
  assertSameBits(half.logits, plain.logits);
  assertEquals(half.ids, plain.ids);
  assertSameBits(half.scores, plain.scores);
});

Deno.test("wasm writes in q8 as the reference does, and near what it writes in fp32", async () => {
  const [cpu, wasm] = [await write("cpu", "q8"), await write("wasm", "q8")];
  assertEquals(wasm.ids, cpu.ids);
  const plain = await write("cpu", "fp32");
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  const between = (a: Float32Array, b: Float32Array) => norm(a.map((x, i) => x - b[i])) / norm(b);
  const [backends, types] = [between(wasm.logits, cpu.logits), between(cpu.logits, plain.logits)];
  assert(backends < types / 4, `${backends}, ${types}`);
  assert(types > 0 && types < Q8_ERROR, `${types}`);
});
