/** Gradients of encoder-decoders beside those of the published packages, by autograd. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { lossOf } from "../../training/head_loss.ts";
import { crossEntropy } from "../../training/losses.ts";
import { Tape } from "../../training/tape.ts";
import { selectTrainable, type Trainable } from "../../training/trainable.ts";
import { UNIT } from "../../verify/bounds.ts";
import { type GoldenCase, GoldenFile } from "../../verify/golden_file.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { goldenPath } from "../models/golden_models.ts";
import { goldenFolder } from "../verify/golden_folder.ts";

const NAMES = [
  "bart",
  "bart_lsg_norm",
  "bart_lsg_cut",
  "mbart_lsg_pooling",
  "pegasus_lsg_norm",
  "led",
];
const GRADIENT = "gradient.";

/** The golden gradients of a model. */
async function openGolden(name: string): Promise<[GoldenFile, GoldenCase]> {
  const file = await GoldenFile.open(goldenFolder("training"), `${name}.safetensors`);
  return [file, file.cases[0]];
}

/** Runs a model on a tape, goes back from its loss, and returns the loss and the gradients. */
async function gradientsOn(
  backend: Backend,
  name: string,
  trainable: Trainable = "all",
): Promise<{ loss: number; gradients: Map<string, Float32Array>; left: number }> {
  const [file, golden] = await openGolden(name);
  const read = async (tensor: string) => {
    if (!file.has(golden, tensor)) return undefined;
    const values = (await file.integers(golden, tensor))!;
    const tokens = values.length / 2;
    return [0, 1].map((b) => [...values.subarray(b * tokens, (b + 1) * tokens)]);
  };
  using model = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath(`seq2seq/${name}`), {
    device: backend,
  });
  const trained = selectTrainable(model, trainable);
  const names = new Map(trained.map(([name, tensor]) => [tensor, name]));
  const tape = new Tape(backend, names.keys());
  const before = backend.memory().tensors;
  const result = await lossOf(model.on(tape), {
    input_ids: (await read("input_ids"))!,
    attention_mask: await read("attention_mask"),
    global_attention_mask: await read("global_attention_mask"),
    labels: (await read("labels"))!,
  });
  if (backend instanceof Float64Backend) {
    const [[logits, seed]] = result.seeds;
    const { gradient } = crossEntropy(logits.data, result.labels as Int32Array);
    valuesOf(seed).set(gradient);
  }
  await tape.backward(...result.seeds);
  result.dispose();
  const gradients = new Map<string, Float32Array>();
  for (const [tensor, sum] of tape.gradients) {
    gradients.set(names.get(tensor)!, (await sum.getData()).slice());
  }
  const left = backend.memory().tensors - before - gradients.size;
  tape.dispose();
  return { loss: result.loss, gradients, left };
}

const largest = (values: Iterable<number>) =>
  [...values].reduce((size, value) => Math.max(size, Math.abs(value)), 0);

for (const name of NAMES) {
  Deno.test(`${name}: each parameter's gradient is autograd's, in float64`, async () => {
    const backend = new Float64Backend();
    const { loss, gradients, left } = await gradientsOn(backend, name);
    const [file, golden] = await openGolden(name);
    assertAlmostEquals(loss, (await file.floats(golden, "loss")).data[0], 1e-6);
    const wanted = file.tensors(golden).filter((tensor) => tensor.startsWith(GRADIENT));
    assert(wanted.length > 50, `${wanted.length} golden gradients`);
    for (const tensor of wanted) {
      const key = tensor.slice(GRADIENT.length);
      const { data } = await file.floats(golden, tensor);
      const made = gradients.get(key) ?? new Float32Array(data.length);
      assertEquals(made.length, data.length, key);
      // The golden values are rounded to float32; 1e-9 of the largest is what float64 loses.
      const most = 1e-9 * Math.max(1, largest(data));
      data.forEach((value, i) => {
        const error = Math.abs(made[i] - value);
        const found = `${key} at ${i}: ${made[i]}, wanted ${value}`;
        assert(error <= UNIT * Math.abs(value) + most, found);
      });
      gradients.delete(key);
    }
    assertEquals(
      [...gradients].filter(([, values]) => largest(values) > 0).map(([key]) => key),
      [],
    );
    assertEquals(left, 0, "tensors left on the backend");
    backend.dispose();
  });
}

Deno.test("the globals of an encoder get the same gradient alone, through the decoder", async () => {
  for (const name of NAMES.filter((name) => name.includes("lsg"))) {
    const backend = new Float64Backend();
    const all = await gradientsOn(backend, name);
    const few = await gradientsOn(backend, name, "globals");
    assertEquals([...few.gradients.keys()], ["model.encoder.global_embeddings.weight"]);
    const [[key, values]] = few.gradients;
    assertEquals(values, all.gradients.get(key));
    assertEquals([few.loss, few.left], [all.loss, 0]);
    const count = name === "mbart_lsg_pooling" ? 1 : 3;
    assert(largest(values.subarray(0, 16 * count)) > 0);
    assertEquals(largest(values.subarray(16 * count)), 0);
    backend.dispose();
  }
});

const exact = new Map<string, Awaited<ReturnType<typeof gradientsOn>>>();

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "gradients of encoder-decoders are those of float64", async () => {
    const backend = await openBackend(device);
    // A GPU that is emulated compiles for a second a model.
    for (const name of device === "webgpu" ? ["bart_lsg_norm"] : NAMES) {
      if (!exact.has(name)) exact.set(name, await gradientsOn(new Float64Backend(), name));
      const wanted = exact.get(name)!;
      const { loss, gradients, left } = await gradientsOn(backend, name);
      assertAlmostEquals(loss, wanted.loss, 1e-5);
      assertEquals([...gradients.keys()], [...wanted.gradients.keys()]);
      assertEquals(left, 0);
      for (const [key, values] of gradients) {
        const others = wanted.gradients.get(key)!;
        // As for encoders (model_gradients_test.ts), with the roundings of a decoder: about 120
        // follow each other, each amplified by norms and by sums of at most 90 terms.
        const most = 120 * 90 * UNIT * Math.max(largest(others), 1e-3);
        values.forEach((value, i) => {
          const error = Math.abs(value - others[i]);
          const found = `${name}, ${key} at ${i}: ${value}, wanted ${others[i]} (${most})`;
          assert(error <= most, found);
        });
      }
    }
    backend.dispose();
  });
}
