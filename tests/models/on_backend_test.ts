/** A model through another backend in front of its own: `model.on(tape)`. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { AnyCall, Operation } from "../../ops/operation.ts";
import { AutoModelForSeq2SeqLM, Seq2SeqLM } from "../../generation/mod.ts";
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForSequenceClassification,
  type ModelInputs,
} from "../../models/mod.ts";
import { LanguageModel } from "../../models/language_model.ts";
import type { PreTrainedModel } from "../../models/pretrained_model.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Tape } from "../../training/tape.ts";
import { CountingBackend } from "../helpers/counting_backend.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { someOf } from "../helpers/test_on_backends.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { drawIds, goldenPath } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

type Load = (device: Backend) => Promise<PreTrainedModel<object>>;

interface Case {
  readonly name: string;
  readonly load: Load;
  readonly inputs: ModelInputs;
}

const INPUTS: ModelInputs = {
  input_ids: [drawIds(new Random(1), 40), drawIds(new Random(2), 40)],
};
const IDS = Array.from({ length: 20 }, (_, i) => 3 + i);

const CASES: readonly Case[] = [
  ...["lsg_norm", "lsg_lsh", "longformer"].map((folder): Case => ({
    name: folder,
    load: (device) =>
      AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${folder}`), { device }),
    inputs: INPUTS,
  })),
  {
    name: "bigbird",
    load: (device) =>
      AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), {
        device,
        attention: { type: "bigbird", block_size: 4, num_random_blocks: 2 },
      }),
    inputs: INPUTS,
  },
  {
    name: "bart_lsg_norm",
    load: (device) =>
      AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart_lsg_norm"), { device }),
    inputs: { input_ids: [IDS], decoder_input_ids: [IDS.slice(0, 5)] },
  },
  {
    name: "sequence classification",
    load: (device) =>
      AutoModelForSequenceClassification.from_pretrained(
        goldenPath("heads/bert_sequence_classification"),
        { device },
      ),
    inputs: { input_ids: [IDS] },
  },
  {
    name: "multiple choice",
    load: (device) =>
      AutoModelForMultipleChoice.from_pretrained(goldenPath("heads/bert_multiple_choice"), {
        device,
      }),
    inputs: { input_ids: [[IDS, [...IDS].reverse()]] },
  },
];

/** Each parameter's gradient of the sum of the first output, by name. */
async function gradients(
  tape: Tape,
  model: PreTrainedModel<object>,
  inputs: ModelInputs,
): Promise<Map<string, Float32Array>> {
  const outputs = await model(inputs) as Record<string, Floats>;
  const [output] = Object.values(outputs);
  const seed = tape.floats(new Random(3).normals(output.size), output.dims);
  await tape.backward([output, seed]);
  [seed, ...Object.values(outputs)].forEach((tensor) => tensor.dispose());
  const names = new Map([...model.parameters.entries()].map(([name, tensor]) => [tensor, name]));
  const made = new Map<string, Float32Array>();
  for (const [tensor, gradient] of tape.gradients) {
    made.set(names.get(tensor)!, (await gradient.getData()).slice());
  }
  tape.dispose();
  return made;
}

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "gradients by weights are those of a model loaded on a tape", async (t) => {
    const backend = await openBackend(device);
    for (const { name, load, inputs } of someOf(backend, CASES)) {
      await t.step(name, async () => {
        const tape = new Tape(backend);
        const loaded = await load(tape);
        for (const [, tensor] of loaded.parameters.entries()) tape.train(tensor);
        const wanted = await gradients(tape, loaded, inputs);
        assert(wanted.size > 10);
        loaded.dispose();

        const model = await load(backend);
        const before = backend.memory();
        const trained = [...model.parameters.entries()].map(([, tensor]) => tensor);
        const other = new Tape(backend, trained);
        const view = model.on(other);
        assertEquals(backend.memory(), before);
        assertEquals([view.constructor, view.config], [model.constructor, model.config]);
        assertEquals(await gradients(other, view, inputs), wanted);
        view.dispose();
        assertEquals(backend.memory(), before);
        model.dispose();
      });
    }
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  });
}

Deno.test("logitsAt() and generate() run on the other backend, too", async () => {
  const backend = new CountingBackend();
  const model = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart_lsg_norm"), {
    device: backend,
  });
  assert(model instanceof Seq2SeqLM && model instanceof LanguageModel);
  const calls: string[] = [];
  class Listening extends Tape {
    override run<Call extends AnyCall>(
      operation: Operation<Call>,
      ...args: Parameters<Call>
    ): ReturnType<Call> {
      calls.push(operation.name);
      return super.run(operation, ...args);
    }
  }
  const view = model.on(new Listening(backend));
  const inputs = { input_ids: [IDS], max_new_tokens: 3 };
  const made = await view.generate(inputs);
  const wanted = await model.generate(inputs);
  assert(made instanceof Tensor && wanted instanceof Tensor);
  assertEquals(made.tolist(), wanted.tolist());
  assert(calls.includes("attend") && calls.includes("attendCached"));
  calls.length = 0;
  (await view.logitsAt({ input_ids: [IDS] }, [[1]])).dispose();
  assert(calls.includes("attend") && calls.includes("linear"));
  model.dispose();
});

Deno.test("a view ends with its model, and with its own disposal", async () => {
  const backend = new CountingBackend();
  const load = () => AutoModel.from_pretrained(goldenPath("models/lsg_norm"), { device: backend });
  const model = await load();
  const [first, second] = [model.on(new Tape(backend)), model.on(new Tape(backend))];
  first.dispose();
  await assertRejects(() => first(INPUTS), Error, "it was disposed");
  Object.values(await second(INPUTS)).forEach((tensor: Floats) => tensor.dispose());
  model.dispose();
  await assertRejects(() => second(INPUTS), Error, "it was disposed");
  assertThrows(() => model.on(backend), Error, "it was disposed");
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

Deno.test("a model runs on backends alone", async () => {
  const backend = new CountingBackend();
  using model = await AutoModel.from_pretrained(goldenPath("models/lsg_norm"), { device: backend });
  for (const wrong of ["wasm", undefined, {}]) {
    assertThrows(() => model.on(wrong as never), TypeError, "Cannot run a model on");
  }
});
