import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Seq2SeqGenerateInputs } from "../../generation/mod.ts";
import { Random } from "../../tensor/random.ts";
import { CountingBackend } from "../helpers/counting_backend.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { maskOf } from "../models/golden_models.ts";
import { drawIds, loadSeq2Seq, SEQ2SEQ } from "../models/seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

type Inputs = Seq2SeqGenerateInputs & { readonly return_dict_in_generate?: false };

const LENGTHS = [31, 20, 26];
const SETTINGS: readonly Partial<Seq2SeqGenerateInputs>[] = [
  { max_length: 14 },
  { max_length: 14, num_beams: 3, length_penalty: 0.5, no_repeat_ngram_size: 2 },
  { max_length: 10, num_beams: 4, num_beam_groups: 2, diversity_penalty: 0.7 },
];

function drawInputs(seed: number) {
  const random = new Random(seed);
  return {
    input_ids: LENGTHS.map((length) => [
      ...drawIds(random, length),
      ...Array.from({ length: 31 - length }, () => 5),
    ]),
    attention_mask: maskOf(LENGTHS, 31),
  };
}

/** Ids of a row up to its end, without padding. */
function trim(row: readonly (number | bigint)[], pad: number): number[] {
  const ids = row.map(Number);
  return ids.slice(0, ids.findLastIndex((id) => id !== pad) + 1);
}

testOnBackends("a row gives alone what it gives in a batch", SEQ2SEQ, async ({ name }, device) => {
  const model = await loadSeq2Seq(name, { device });
  const { input_ids, attention_mask } = drawInputs(1);
  for (const settings of device.name === "webgpu" ? SETTINGS.slice(1, 2) : SETTINGS) {
    const batch = await model.generate({ input_ids, attention_mask, ...settings } as Inputs);
    for (const [b, length] of LENGTHS.entries()) {
      const alone = await model.generate(
        { input_ids: [input_ids[b].slice(0, length)], ...settings } as Inputs,
      );
      const pad = model.config.pad_token_id;
      const [ids] = alone.tolist() as bigint[][];
      assertEquals(trim(ids, pad), trim((batch.tolist() as bigint[][])[b], pad));
    }
  }
  model.dispose();
});

Deno.test("documents are encoded once, whatever the number of beams and rows", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart_lsg_norm", { device: backend });
  const { input_ids, attention_mask } = drawInputs(2);
  const rows = LENGTHS.map((length) => length + model.config.lsg!.num_global_tokens);
  const counts: number[][] = [];
  for (
    const settings of [
      { max_length: 3 },
      { max_length: 12 },
      { max_length: 12, num_beams: 5, num_return_sequences: 5 },
      { max_length: 12, do_sample: true, seed: 1, num_return_sequences: 4 },
    ]
  ) {
    backend.takeLaunches();
    await model.generate({ input_ids, attention_mask, ...settings });
    const linear = backend.takeLaunches().filter(({ name }) => name === "linear");
    counts.push(rows.map((count) => linear.filter(({ shape }) => shape.rows === count).length));
  }
  assert(counts[0].every((count) => count > 0));
  counts.forEach((each) => assertEquals(each, counts[0]));
  model.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("beams share and reorder their cache without a copy", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart", { device: backend });
  const bytes: number[] = [];
  for (const max_length of [10, 30, 50]) {
    backend.takeLaunches();
    await model.generate({
      input_ids: [drawIds(new Random(5), 12)],
      num_beams: 5,
      max_length,
      eos_token_id: null,
    });
    const launches = backend.takeLaunches();
    // A cache that is too small would be joined to a larger one.
    assert(!launches.some(({ name }) => name === "concatRows"));
    bytes.push(launches.reduce((sum, launch) => sum + launch.bytes, 0));
  }
  // Twenty steps more write the same number of bytes, wherever they begin.
  assertEquals(bytes[2] - bytes[1], bytes[1] - bytes[0]);
  model.dispose();
});

testOnBackends("a hundred calls leave memory as it was", [SEQ2SEQ[0]], async ({ name }, device) => {
  const model = await loadSeq2Seq(name, { device });
  const before = device.memory();
  const calls = device.name === "webgpu" ? 10 : 100;
  for (let i = 0; i < calls; i++) {
    await model.generate({
      input_ids: [drawIds(new Random(i), 12)],
      max_length: 5,
      ...(i % 2 === 0 && { num_beams: 2 }),
    });
    assertEquals(device.memory(), before);
  }
  model.dispose();
});

Deno.test("a signal acts within a step, and nothing is left", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart", { device: backend });
  const before = backend.memory();
  const input_ids = [drawIds(new Random(3), 12)];
  for (const num_beams of [1, 3]) {
    const controller = new AbortController();
    let steps = 0;
    const logits_processor = (_ids: bigint[][], logits: Tensor<"float32">) => {
      if (++steps === 3) controller.abort(new Error("enough"));
      return logits;
    };
    const call = model.generate({
      input_ids,
      num_beams,
      max_length: 60,
      eos_token_id: null,
      logits_processor,
      signal: controller.signal,
    });
    await assertRejects(() => call, Error, "enough");
    // The step that it aborts is the last; with beams each has a row.
    assert(steps <= 3 + num_beams, `${steps}`);
    assertEquals(backend.memory(), before);
  }
  const aborted = AbortSignal.abort(new Error("at once"));
  backend.takeLaunches();
  await assertRejects(() => model.generate({ input_ids, signal: aborted }), Error, "at once");
  assertEquals(backend.takeLaunches(), []);
  assertEquals(backend.memory(), before);
  model.dispose();
});

Deno.test("an operation that fails leaves nothing, whichever it is", async () => {
  let left = Infinity;
  class FailingBackend extends CountingBackend {
    protected override launch(...call: Parameters<CountingBackend["launch"]>): void {
      if (left-- === 0) throw new Error("no memory");
      super.launch(...call);
    }
  }
  using backend = new FailingBackend();
  using model = await loadSeq2Seq("bart_lsg_norm", { device: backend });
  const before = backend.memory();
  const inputs = { input_ids: [drawIds(new Random(3), 12)], num_beams: 2, max_length: 4 };
  let failed = 0;
  for (let hasFailed = true; hasFailed; failed++) {
    left = failed;
    hasFailed = await model.generate(inputs).then(() => false, () => true);
    assertEquals(backend.memory(), before, `after ${failed} operations`);
  }
  assert(failed > 100);
});

Deno.test("a cache that is handed in again runs only what is new, and gives the same", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart", { device: backend });
  const input_ids = [drawIds(new Random(4), 14)];
  const settings = { input_ids, eos_token_id: null, forced_eos_token_id: null };
  const whole = await model.generate({ ...settings, max_length: 16 });
  const first = await model.generate({
    ...settings,
    max_length: 9,
    return_dict_in_generate: true,
  });
  backend.takeLaunches();
  const second = await model.generate({
    ...settings,
    max_length: 16,
    decoder_input_ids: first.sequences,
    past_key_values: first.past_key_values,
  } as Inputs);
  const linear = backend.takeLaunches().filter(({ name }) => name === "linear");
  assert(linear.length > 0 && linear.every(({ shape }) => shape.rows === 1));
  assertEquals(second.tolist(), whole.tolist());
  first.past_key_values.dispose();
  model.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a cache is of one model, one document and one call at a time", async () => {
  const backend = new CountingBackend();
  const model = await loadSeq2Seq("bart", { device: backend });
  const random = new Random(6);
  const input_ids = [drawIds(random, 9), drawIds(random, 9)];
  const settings = { eos_token_id: null, forced_eos_token_id: null, max_new_tokens: 4 };
  const { sequences, past_key_values } = await model.generate({
    ...settings,
    input_ids,
    num_beams: 3,
    num_return_sequences: 2,
    return_dict_in_generate: true,
  });
  // Two rows about each document.
  const next = {
    ...settings,
    input_ids: [0, 0, 1, 1].map((document) => input_ids[document]),
    decoder_input_ids: sequences,
  };
  const held = { ...next, past_key_values };
  const order = [0, 1, 0, 1].map((document) => input_ids[document]);
  const mask = order.map((ids) => ids.map((_, i) => i === 2 ? 0 : 1));
  for (const other of [{ input_ids: order }, { attention_mask: mask }]) {
    await assertRejects(
      () => model.generate({ ...held, ...other } as Inputs),
      RangeError,
      "wanted the input_ids, attention_mask and",
    );
  }
  const another = await loadSeq2Seq("bart", { device: backend });
  await assertRejects(() => another.generate(held as Inputs), RangeError, "another model");
  another.dispose();
  const first = model.generate(held as Inputs);
  await assertRejects(() => model.generate(held as Inputs), Error, "await that first");
  const fresh = await model.generate(next as Inputs);
  assertEquals((await first).tolist(), fresh.tolist());
  past_key_values.dispose();
  model.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("more rows than a call takes arguments are refused for what they are", async () => {
  const model = await loadSeq2Seq("bart", { device: new CountingBackend() });
  const input_ids = Array.from({ length: 200_000 }, () => [5]);
  await assertRejects(
    () => model.generate({ input_ids, decoder_input_ids: [[5]], max_length: 9 }),
    TypeError,
    "decoder_input_ids has 1 sequences",
  );
  const signal = AbortSignal.abort(new Error("no further"));
  await assertRejects(
    () => model.generate({ input_ids, max_length: 9, signal }),
    Error,
    "no furth",
  );
  model.dispose();
});
