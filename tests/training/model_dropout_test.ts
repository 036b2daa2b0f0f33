/** Dropout in models: where, how much, and drawn again where layers run again. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import type { AnyCall, Operation } from "../../ops/operation.ts";
import { openBackend } from "../../device.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import {
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type ModelInputs,
} from "../../models/mod.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { mixWord, WORD_STEP } from "../../tensor/counter_words.ts";
import { Tape } from "../../training/tape.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { drawIds, goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

/** A tape that lists the dropouts of a pass. */
class Listing extends Tape {
  readonly drawn: { rate: number; key: number; of: string }[] = [];

  override run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call> {
    if (operation.name === "dropout") {
      this.drawn.push({ rate: args[1] as number, key: args[2] as number, of: "values" });
    }
    const options = args[2] as { dropout?: { rate: number; key: number } };
    if (operation.name === "attend" && options.dropout) {
      this.drawn.push({ ...options.dropout, of: "weights" });
    }
    return super.run(operation, ...args);
  }
}

const IDS = [[3, 5, 6, 7, 8, 2]];

/** The rates of a pass, those of weights marked, in their order. */
async function ratesOf(
  load: { from_pretrained: typeof AutoModelForMaskedLM["from_pretrained"] },
  folder: string,
  config: Record<string, unknown>,
  inputs: ModelInputs = { input_ids: IDS },
): Promise<(string | number)[]> {
  const device = new CpuBackend();
  const model = await load.from_pretrained(goldenPath(folder), { device, config });
  const tape = new Listing(device, [], { dropout: { seed: 1 } });
  await model.on(tape)(inputs);
  device.dispose();
  const keys = tape.drawn.map(({ key }) => key);
  assertEquals(new Set(keys).size, keys.length);
  return tape.drawn.map(({ rate, of }) => of === "weights" ? `w ${rate}` : rate);
}

const as = (load: unknown) => load as Parameters<typeof ratesOf>[0];

/** What a layer of BERT drops. */
const layer = ["w 0.2", 0.1, 0.1];
const BERT_KEYS = { attention_probs_dropout_prob: 0.2, hidden_dropout_prob: 0.1 };

Deno.test("values are dropped where transformers drops them", async () => {
  const classifier = as(AutoModelForSequenceClassification);
  const bert = "heads/bert_sequence_classification";
  const layers = (await AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), {
    device: new CpuBackend(),
  })).config.num_hidden_layers;
  const encoder = [0.1, ...Array.from({ length: layers }, () => layer).flat()];
  assertEquals(
    await ratesOf(classifier, bert, { ...BERT_KEYS, classifier_dropout: 0.3 }),
    [...encoder, 0.3],
  );
  assertEquals(
    await ratesOf(classifier, bert, { ...BERT_KEYS, classifier_dropout: null }),
    [...encoder, 0.1],
  );
  assertEquals(await ratesOf(as(AutoModelForMaskedLM), "models/bert", BERT_KEYS), encoder);
  assertEquals(
    await ratesOf(as(AutoModelForTokenClassification), "heads/bert_token_classification", {
      ...BERT_KEYS,
      classifier_dropout: 0.4,
    }),
    [...encoder, 0.4],
  );
  const answers = "heads/bert_question_answering";
  assertEquals(await ratesOf(as(AutoModelForQuestionAnswering), answers, BERT_KEYS), encoder);
  assertEquals(
    await ratesOf(
      as(AutoModelForMultipleChoice),
      "heads/bert_multiple_choice",
      { ...BERT_KEYS, classifier_dropout: 0.5 },
      { input_ids: [IDS] },
    ),
    [...encoder, 0.5],
  );
  const nothing = { attention_probs_dropout_prob: 0, hidden_dropout_prob: 0 };
  assertEquals(await ratesOf(as(AutoModelForMaskedLM), "models/bert", nothing), []);
});

Deno.test("families drop where they do, by their own keys", async () => {
  const masked = as(AutoModelForMaskedLM);
  const distilbert = await ratesOf(masked, "models/distilbert", {
    dropout: 0.3,
    attention_dropout: 0.2,
  });
  assertEquals(distilbert.slice(0, 4), [0.3, "w 0.2", 0.3, "w 0.2"]);
  const albert = await ratesOf(masked, "models/albert", BERT_KEYS);
  assertEquals(albert.slice(0, 5), [0.1, "w 0.2", 0.1, "w 0.2", 0.1]);
  // Longformer's global tokens attend by themselves.
  const longformer = await ratesOf(masked, "models/longformer", BERT_KEYS, {
    input_ids: IDS,
    global_attention_mask: [[1, 0, 0, 0, 0, 0]],
  });
  assertEquals(longformer.slice(0, 5), [0.1, "w 0.2", "w 0.2", 0.1, 0.1]);
  const roberta = await ratesOf(masked, "models/lsg_norm", BERT_KEYS);
  assertEquals(roberta.slice(0, 4), [0.1, ...layer]);
  // An encoder, then a decoder with cross-attention.
  const keys = { dropout: 0.1, attention_dropout: 0.2, activation_dropout: 0.3 };
  const bart = await ratesOf(as(AutoModelForSeq2SeqLM), "seq2seq/bart_lsg_norm", keys, {
    input_ids: IDS,
    decoder_input_ids: [[2, 3]],
  });
  const encoderLayer = ["w 0.2", 0.1, 0.3, 0.1];
  assertEquals(bart.slice(0, 5), [0.1, ...encoderLayer]);
  assertEquals(bart.slice(-6), ["w 0.2", 0.1, "w 0.2", 0.1, 0.3, 0.1]);
});

Deno.test("layers are dropped with the config's probability, and pass their input", async () => {
  const backend = new CpuBackend();
  const load = (config: Record<string, unknown>) =>
    AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart_lsg_norm"), {
      device: backend,
      config: { dropout: 0, ...config },
    });
  const inputs = { input_ids: IDS, decoder_input_ids: [[2, 3]] };
  for (const stack of ["encoder", "decoder"] as const) {
    using model = await load({ [`${stack}_layerdrop`]: 0.5 });
    using whole = await load({});
    const trained = trainedOf(model);
    let without = 0;
    const seen = new Set<string>();
    for (let call = 0; call < 20; call++) {
      for (const checkpoint of [false, true]) {
        const tape = new Tape(backend, trained, { dropout: { seed: 3, call }, checkpoint });
        const { logits } = await model.on(tape)(inputs);
        await tape.backward([
          logits,
          backend.floats(new Float32Array(logits.size).fill(1), logits.dims),
        ]);
        seen.add(`${logits.data.slice(0, 4)} ${tape.gradients.length}`);
        if (tape.gradients.length < trained.length) without++;
        tape.dispose();
      }
    }
    // Two layers, each dropped or not: four different passes, the same with checkpoints.
    assertEquals(seen.size, 4);
    assert(without > 0);
    // Without a tape nothing is dropped.
    assertEquals((await model(inputs)).logits.data, (await whole(inputs)).logits.data);
  }
  backend.dispose();
});

/** Loads LSG-RoBERTa with dropout. */
const loadDropping = (device: Backend) =>
  AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
    device,
    config: { hidden_dropout_prob: 0.2, attention_probs_dropout_prob: 0.2 },
  });

const INPUTS: ModelInputs = {
  input_ids: [drawIds(new Random(1), 40), drawIds(new Random(2), 40)],
};

/** The logits, and every gradient. */
async function step(tape: Tape, model: PreTrainedModel<{ logits: Floats }>) {
  const { logits } = await model.on(tape)(INPUTS);
  const seed = tape.floats(new Random(3).normals(logits.size), logits.dims);
  await tape.backward([logits, seed]);
  const gradients: Float32Array[] = [];
  for (const [, gradient] of tape.gradients) gradients.push((await gradient.getData()).slice());
  const values = logits.data.slice();
  tape.zero();
  [logits, seed].forEach((tensor) => tensor.dispose());
  return { values, gradients };
}

const trainedOf = (model: PreTrainedModel<unknown>) =>
  [...model.parameters.entries()].map(([, tensor]) => tensor);

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "layers that run again drop the same: the same bits", async () => {
    const backend = await openBackend(device);
    const model = await loadDropping(backend);
    const dropout = { seed: 5 };
    const plain = new Tape(backend, trainedOf(model), { dropout });
    const again = new Tape(backend, trainedOf(model), { dropout, checkpoint: true });
    const [first, second] = [await step(plain, model), await step(plain, model)];
    assertNotEquals(second.values, first.values, "each pass drops others");
    assertEquals([await step(again, model), await step(again, model)], [first, second]);
    assertEquals([plain.calls, again.calls], [2, 2]);
    const resumed = new Tape(backend, trainedOf(model), { dropout: { seed: 5, call: 1 } });
    assertEquals(await step(resumed, model), second);
    model.dispose();
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  });
}

Deno.test("gradients with dropout are what differences of the outputs tell", async () => {
  const backend = new Float64Backend();
  const model = await loadDropping(backend);
  const dropout = { seed: 5 };
  const weights = new Random(3);
  let factors: Float32Array | undefined;
  const outputOf = async (tape: Tape) => {
    const { logits } = await model.on(tape)(INPUTS);
    factors ??= weights.normals(logits.size);
    return logits;
  };
  const trained = trainedOf(model);
  const tape = new Tape(backend, trained, { dropout, checkpoint: true });
  const logits = await outputOf(tape);
  await tape.backward([logits, backend.floats(factors!, logits.dims)]);
  // One direction of all parameters together, along which the longest keys stay the longest.
  const random = new Random(9);
  const directions = trained.map(({ size }) => random.normals(size));
  let slope = 0;
  for (const [tensor, gradient] of tape.gradients) {
    const direction = directions[trained.indexOf(tensor)];
    valuesOf(gradient).forEach((value, i) => slope += value * direction[i]);
  }
  const lossAt = async (h: number) => {
    const move = (by: number) =>
      trained.forEach((tensor, i) =>
        directions[i].forEach((value, at) => valuesOf(tensor)[at] += by * value)
      );
    move(h);
    const values = valuesOf(await outputOf(new Tape(backend, [], { dropout })));
    move(-h);
    return values.reduce((sum, value, i) => sum + value * factors![i], 0);
  };
  const h = 1e-6;
  const wanted = (await lossAt(h) - await lossAt(-h)) / (2 * h);
  // The error of differences is about h², and 1e-16 of the loss over h.
  assertAlmostEquals(slope / wanted, 1, 1e-6);
  backend.dispose();
});

Deno.test("keys are of the seed, the pass and the number of the dropout in it", async () => {
  const backend = new CpuBackend();
  const model = await loadDropping(backend);
  const tape = new Listing(backend, [], { dropout: { seed: 5, call: 7 } });
  await model.on(tape)(INPUTS);
  const sum = (...terms: number[]) => terms.reduce((a, b) => (a + b) | 0);
  const times = (number: number) => Math.imul(number, WORD_STEP);
  const seed = mixWord(sum(5, WORD_STEP));
  tape.drawn.forEach(({ key }, site) => {
    assertEquals(key, mixWord(sum(mixWord(sum(seed, times(7))), times(site))));
  });
  assert(tape.drawn.length > 5);
  backend.dispose();
});

Deno.test("models drop nothing without a tape, or on a tape without dropout", async () => {
  const backend = new CpuBackend();
  const model = await loadDropping(backend);
  const wanted = (await model(INPUTS)).logits.data;
  assertEquals((await model.on(new Tape(backend))(INPUTS)).logits.data, wanted);
  const dropping = new Tape(backend, [], { dropout: { seed: 1 } });
  assertNotEquals((await model.on(dropping)(INPUTS)).logits.data, wanted);
  backend.dispose();
});

Deno.test("outputs with dropout have about the mean of those without", () => {
  const backend = new CpuBackend();
  const x = backend.floats(new Float32Array(200_000).fill(1), [200_000]);
  for (const rate of [0.1, 0.5]) {
    const values = backend.dropout(x, rate, 3).data;
    const kept = values.filter((value) => value !== 0).length / values.length;
    // Five standard deviations of the share.
    assertAlmostEquals(kept, 1 - rate, 5 * Math.sqrt(rate * (1 - rate) / values.length));
  }
  backend.dispose();
});

Deno.test("a pass that fails, or is forgotten, is drawn again", async () => {
  const backend = new CpuBackend();
  const model = await loadDropping(backend);
  const tape = new Tape(backend, trainedOf(model), { dropout: { seed: 5 } });
  const first = (await model.on(tape)(INPUTS)).logits.data;
  tape.clear();
  assertEquals((await model.on(tape)(INPUTS)).logits.data, first);
  assertEquals(tape.calls, 0);
  tape.dispose();
  backend.dispose();
});

Deno.test("seeds are 32-bit words, passes whole numbers", () => {
  const backend = new CpuBackend();
  for (const seed of [-1, 0.5, 2 ** 32, "1"]) {
    assertThrows(
      () => new Tape(backend, [], { dropout: { seed: seed as number } }),
      RangeError,
      "Cannot drop values with seed",
    );
  }
  for (const call of [-1, 0.5, NaN]) {
    assertThrows(
      () => new Tape(backend, [], { dropout: { seed: 1, call } }),
      RangeError,
      "Cannot drop values of pass",
    );
  }
  backend.dispose();
});
