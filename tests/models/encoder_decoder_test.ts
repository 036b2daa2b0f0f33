import { assert, assertEquals, assertRejects } from "@std/assert";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import type { ModelInputs } from "../../models/mod.ts";
import type { Seq2SeqLM } from "../../generation/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";
import { goldenPath, maskOf } from "./golden_models.ts";
import { disposeAll, drawIds, loadSeq2Seq, SEQ2SEQ } from "./seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

const TOKENS = 37;
const LENGTHS = [37, 25, 20];

/** Logits `[batch, ids, V]`; the memory of both outputs is released. */
async function logitsOf(model: Seq2SeqLM, inputs: ModelInputs): Promise<Float32Array> {
  const outputs = await model(inputs);
  const data = await outputs.logits.getData();
  disposeAll(outputs);
  return data;
}

function draw(seed: number) {
  const random = new Random(seed);
  return {
    input_ids: LENGTHS.map(() => drawIds(random, TOKENS)),
    attention_mask: maskOf(LENGTHS, TOKENS),
    decoder_input_ids: LENGTHS.map(() => drawIds(random, 6)),
  };
}

testOnBackends(
  "a row alone, with and without padding, is what it is in a batch",
  SEQ2SEQ,
  async ({ name }, device) => {
    const model = await loadSeq2Seq(name, { device });
    const { input_ids, attention_mask, decoder_input_ids } = draw(1);
    const batch = await logitsOf(model, { input_ids, attention_mask, decoder_input_ids });
    const size = batch.length / LENGTHS.length;
    for (const [b, length] of LENGTHS.entries()) {
      const wanted = batch.slice(b * size, (b + 1) * size);
      const padded = {
        input_ids: [input_ids[b]],
        attention_mask: [attention_mask[b]],
        decoder_input_ids: [decoder_input_ids[b]],
      };
      assertSameBits(await logitsOf(model, padded), wanted);
      const cut = {
        input_ids: [input_ids[b].slice(0, length)],
        decoder_input_ids: [decoder_input_ids[b]],
      };
      assertSameBits(await logitsOf(model, cut), wanted);
    }
    model.dispose();
  },
);

testOnBackends("no logits depend on later ids", SEQ2SEQ, async ({ name }, device) => {
  const model = await loadSeq2Seq(name, { device });
  const { input_ids, decoder_input_ids } = draw(2);
  const ids = [decoder_input_ids[0], [...decoder_input_ids[0].slice(0, 3), 7, 8, 9]];
  const both = await logitsOf(model, {
    input_ids: [input_ids[0], input_ids[0]],
    decoder_input_ids: ids,
  });
  const { vocab_size } = model.config;
  const [first, second] = [0, 6].map((row) => both.slice(row * vocab_size, (row + 3) * vocab_size));
  assertSameBits(first, second);
  const last = both.slice(5 * vocab_size, 6 * vocab_size);
  assert(last.some((value, i) => value !== both[11 * vocab_size + i]));
  model.dispose();
});

testOnBackends(
  "a masked id of the decoder changes nothing behind it",
  SEQ2SEQ,
  async ({ name }, device) => {
    const model = await loadSeq2Seq(name, { device });
    const { input_ids, decoder_input_ids: [ids] } = draw(3);
    const run = (second: number) =>
      logitsOf(model, {
        input_ids: [input_ids[0]],
        decoder_input_ids: [[ids[0], second, ...ids.slice(2)]],
        decoder_attention_mask: [[1, 0, 1, 1, 1, 1]],
      });
    const start = 2 * model.config.vocab_size;
    assertSameBits((await run(9)).slice(start), (await run(10)).slice(start));
    model.dispose();
  },
);

Deno.test("the decoder's ids, if absent, are the encoder's behind a start token", async () => {
  const input_ids = [[5, 6, 7, 2], [8, 9, 2, 1]];
  for (
    const [name, starts] of [["bart", [2, 2]], ["led", [2, 2]], ["mbart", [2, 2]]] as const
  ) {
    const model = await loadSeq2Seq(name);
    const decoder_input_ids = input_ids.map((row, b) => [starts[b], ...row.slice(0, -1)]);
    assertSameBits(
      await logitsOf(model, { input_ids }),
      await logitsOf(model, { input_ids, decoder_input_ids }),
    );
    model.dispose();
  }
  // The last id that is not padding.
  const mbart = await loadSeq2Seq("mbart");
  assertSameBits(
    await logitsOf(mbart, { input_ids: [[5, 6, 11, 1]] }),
    await logitsOf(mbart, { input_ids: [[5, 6, 11, 1]], decoder_input_ids: [[11, 5, 6, 11]] }),
  );
  await assertRejects(() => mbart({ input_ids: [[1, 1]] }), TypeError, "decoder_input_ids");
  mbart.dispose();
  const pegasus = await loadSeq2Seq("pegasus");
  await assertRejects(() => pegasus({ input_ids }), TypeError, "decoder_input_ids");
  pegasus.dispose();
});

Deno.test("an encoder-decoder refuses decoder inputs that do not fit", async () => {
  const model = await loadSeq2Seq("bart");
  const input_ids = [[5, 6, 2]];
  const run = (inputs: Partial<ModelInputs>) => () => model({ input_ids, ...inputs });
  await assertRejects(run({ decoder_input_ids: [[2], [2]] }), TypeError, "2 sequences");
  await assertRejects(run({ decoder_input_ids: [[40]] }), RangeError, "40");
  await assertRejects(run({ decoder_attention_mask: [[1]] }), TypeError, "decoder_input_ids");
  await assertRejects(
    run({ decoder_input_ids: [[2, 3]], decoder_attention_mask: [[1, 2]] }),
    RangeError,
    "decoder_attention_mask",
  );
  const long = [Array.from({ length: 65 }, () => 5)];
  await assertRejects(run({ decoder_input_ids: long }), RangeError, "65");
  await assertRejects(
    run({ global_attention_mask: [[1, 0, 0]] }),
    TypeError,
    "global_attention_mask",
  );
  model.dispose();
});

Deno.test("a classifier needs an end in every row, and takes rows with different numbers", async () => {
  const model = await AutoModelForSequenceClassification.from_pretrained(
    goldenPath("seq2seq/bart_sequence_classification"),
  );
  const row = [5, 2, 6, 7, 2];
  const { logits } = await model({ input_ids: [row, [5, 6, 8, 7, 2]] });
  assertEquals(logits.dims, [2, 3]);
  const alone = await model({ input_ids: [row] });
  assertSameBits(alone.logits.data, logits.data.slice(0, 3));
  await assertRejects(() => model({ input_ids: [[5, 6]] }), RangeError, "eos_token_id");
  model.dispose();
});

Deno.test("a pass that fails or is aborted leaves nothing on the backend", async () => {
  const model = await loadSeq2Seq("bart_lsg_norm");
  const before = model.backend.memory();
  const input_ids = [drawIds(new Random(1), 30)];
  const layers: number[] = [];
  const controller = new AbortController();
  const run = (layer: number) =>
    model({
      input_ids,
      signal: controller.signal,
      layer_callback: (done) => {
        layers.push(done.layer);
        if (done.layer === layer) controller.abort(new Error("enough"));
      },
    });
  const done = await run(0);
  assertEquals(layers, [1, 2, 3, 4]);
  disposeAll(done);
  assertEquals(model.backend.memory(), before);
  await assertRejects(() => run(3), Error, "enough");
  assertEquals(model.backend.memory(), before);
  model.dispose();
});
