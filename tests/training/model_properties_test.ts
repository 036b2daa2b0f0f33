/** What holds for the gradients of every model on every backend. */
import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { AdamW } from "../../training/adam_w.ts";
import { IGNORED } from "../../training/losses.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { gradientsOn, type TrainedInputs } from "../helpers/trained_models.ts";
import { goldenPath } from "../models/golden_models.ts";

const NAMES = ["lsg_norm", "bert_lsg_bos_pooling", "lsg_lsh", "longformer", "distilbert"];

/** Tokens at the end of the second sequence that are padding. */
const PADDING = 11;

/** The inputs with padding that holds an id. */
const padWith = (id: number) => (inputs: TrainedInputs): TrainedInputs => {
  const replace = (rows: number[][], value: number) =>
    rows.map((row, i) =>
      i === 0 ? row : [...row.slice(0, -PADDING), ...Array(PADDING).fill(value)]
    );
  return {
    ...inputs,
    input_ids: replace(inputs.input_ids, id),
    attention_mask: replace(inputs.attention_mask, 0),
    labels: replace(inputs.labels, IGNORED),
  };
};

/** The sequences in the other order. */
function swap(inputs: TrainedInputs): TrainedInputs {
  const swapped = Object.entries(inputs)
    .map(([name, rows]: [string, number[][]]) => [name, rows.toReversed()]);
  return Object.fromEntries(swapped);
}

const largest = (values: Float32Array) =>
  values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  // Lavapipe takes a second for a model.
  const names = device === "webgpu" ? NAMES.slice(0, 1) : NAMES;

  testOnBackend(device, "padding never matters, and two runs give the same bits", async () => {
    const backend = await openBackend(device);
    for (const name of names) {
      const first = await gradientsOn(backend, name, { change: padWith(8) });
      const second = await gradientsOn(backend, name, { change: padWith(77) });
      assertGreater(first.gradients.size, 20);
      assertEquals(second, first, name);
    }
    backend.dispose();
  });

  // On webgpu in attention_backends_test.ts.
  if (device !== "webgpu") {
    Deno.test(`${device}: the order of a batch changes roundings alone`, async () => {
      const backend = await openBackend(device);
      for (const name of names) {
        const first = await gradientsOn(backend, name);
        const second = await gradientsOn(backend, name, { change: swap });
        assertAlmostEquals(second.loss, first.loss, 1e-6);
        for (const [key, values] of first.gradients) {
          const swapped = second.gradients.get(key)!;
          // A sum over all rows, at most 82, in another order; biases cancel sums of that size.
          const weight = first.gradients.get(key.replace(/bias$/, "weight")) ?? values;
          const most = 2 * 90 * UNIT * Math.max(largest(values), largest(weight), 1e-3);
          values.forEach((value, i) => {
            const error = Math.abs(swapped[i] - value);
            assert(error <= most, `${name}, ${key} at ${i}: ${swapped[i]}, wanted ${value}`);
          });
        }
      }
      backend.dispose();
    });
  }

  testOnBackend(device, "frozen parameters stay bit for bit, trained ones change", async () => {
    const backend = await openBackend(device);
    const tape = new Tape(backend);
    const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/lsg_norm"), {
      device: tape,
    });
    const parameters = [...model.parameters.entries()];
    const isTrained = (name: string) =>
      /^lm_head\.dense|global_embeddings|layer\.1\.att/.test(name);
    const trained = parameters.filter(([name]) => isTrained(name));
    for (const [, tensor] of trained) tape.train(tensor);
    const read = () =>
      Promise.all(parameters.map(async ([, tensor]) => (await tensor.getData()).slice()));
    const before = await read();
    const optimizer = new AdamW(backend, trained, { weight_decay: 0.1 });
    for (let step = 0; step < 2; step++) {
      const { logits } = await model({ input_ids: [[5, 9, 17, 30]] });
      const seed = backend.floats(new Float32Array(logits.size).fill(0.01), logits.dims);
      await tape.backward([logits, seed]);
      [logits, seed].forEach((tensor) => tensor.dispose());
      assertEquals(tape.gradients.length, trained.length);
      await optimizer.step(tape.gradients, 0.01);
      tape.zero();
    }
    const after = await read();
    parameters.forEach(([name], i) => {
      if (isTrained(name)) assert(after[i].some((value, at) => value !== before[i][at]), name);
      else assertEquals(after[i], before[i], name);
    });
    optimizer.dispose();
    tape.dispose();
    model.dispose();
    assertEquals(backend.memory().tensors, 0);
    backend.dispose();
  });
}

Deno.test("wasm: gradients of models are the same bits on one thread and on two", async () => {
  const { WasmBackend } = await import("../../wasm/mod.ts");
  const [one, two] = [
    await WasmBackend.open({ threads: 1 }),
    await WasmBackend.open({ threads: 2 }),
  ];
  for (const name of NAMES) {
    assertEquals(await gradientsOn(two, name), await gradientsOn(one, name), name);
  }
  one.dispose();
  two.dispose();
});
