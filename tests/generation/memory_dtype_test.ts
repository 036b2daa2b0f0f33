import { assert, assertEquals, assertRejects } from "@std/assert";
import { openBackend } from "../../device.ts";
import type { BackendName, DataType } from "../../ops/backend.ts";
import type { MemoryDataType } from "../../models/settings.ts";
import { Random } from "../../tensor/random.ts";
import { byteRow } from "../../wasm/machine/bytes.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { loadModel } from "../models/golden_models.ts";
import { drawIds, loadSeq2Seq } from "../models/seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

const INPUT_IDS = [drawIds(new Random(1), 60)];

/** Ids and scores of a beam search, and the bytes that its result holds. */
async function write(device: BackendName, memory_dtype: MemoryDataType, dtype?: DataType) {
  using model = await loadSeq2Seq("bart_lsg_norm", { device, dtype, memory_dtype });
  const before = model.backend.memory().bytes;
  const { sequences, sequences_scores, past_key_values } = await model.generate({
    input_ids: INPUT_IDS,
    num_beams: 3,
    max_length: 12,
    return_dict_in_generate: true,
    output_scores: true,
  });
  const held = model.backend.memory().bytes - before;
  past_key_values.dispose();
  assertEquals(model.backend.memory().bytes, before);
  const { hidden_size: width, decoder, lsg } = model.config;
  const rows = INPUT_IDS[0].length + lsg!.num_global_tokens;
  // Two bytes for each key and each value.
  const saved = 2 * 2 * decoder!.num_hidden_layers * rows * width;
  const heads = decoder!.num_attention_heads;
  const savedByBytes = 2 * decoder!.num_hidden_layers * rows *
    (4 * width - byteRow({ heads, width: width / heads }));
  const ids = sequences.tolist();
  return { ids, scores: sequences_scores!.data, held, saved, savedByBytes };
}

for (const device of ["cpu", "wasm"] as const) {
  testOnBackend(device, "keys and values of documents in half precision", async () => {
    const [plain, half] = [await write(device, "fp32"), await write(device, "fp16")];
    assertEquals(half.ids, plain.ids);
    // Rounding errs by 2⁻¹¹ of a value; scores are near 1, and sums of a few such.
    const deviation = Math.abs(half.scores[0] - plain.scores[0]);
    assert(deviation > 0 && deviation < 16 * 2 ** -11, `${deviation}`);
    // The reference keeps rounded numbers in 32 bits.
    if (device === "wasm") assert(plain.held - half.held >= half.saved, `${half.held}`);
  });
}

for (const device of ["cpu", "wasm"] as const) {
  testOnBackend(device, "keys and values of documents in 8 bits", async () => {
    const [plain, bytes] = [await write(device, "fp32"), await write(device, "q8")];
    assertEquals(bytes.ids, plain.ids);
    // Rounding errs by a 254th of the largest value of a head; scores are near 1.
    const deviation = Math.abs(bytes.scores[0] - plain.scores[0]);
    assert(deviation > 0 && deviation < 4 / 254, `${deviation}`);
    if (device === "wasm") assertEquals(plain.held - bytes.held, bytes.savedByBytes);
  });
}

testOnBackend("webgpu", "half precision of documents is that of all numbers", async () => {
  const half = await write("webgpu", "fp16", "fp16");
  assertEquals(half.ids, (await write("webgpu", "fp32", "fp16")).ids);
  await assertRejects(() => write("webgpu", "fp16", "fp32"), RangeError, 'wanted dtype "fp16"');
  await assertRejects(() => write("webgpu", "q8", "fp32"), RangeError, "on webgpu: wanted fp32");
  using device = await openBackend("webgpu");
  const options = { device, memory_dtype: "fp16" } as const;
  await assertRejects(() => loadSeq2Seq("bart_lsg_lsh", options), RangeError);
  assertEquals(device.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("memory_dtype wants an encoder-decoder and a known type", async () => {
  await assertRejects(
    () => loadModel("bert", { memory_dtype: "fp16" }),
    RangeError,
    "wanted an encoder-decoder",
  );
  await assertRejects(
    () => loadSeq2Seq("bart", { memory_dtype: "q4" as MemoryDataType }),
    RangeError,
    'memory_dtype "q4": wanted one of fp32, fp16, q8',
  );
});
