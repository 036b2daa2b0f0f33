/** Gradients of whole models beside those of the published packages, by autograd. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import { crossEntropy } from "../../training/losses.ts";
import { Tape } from "../../training/tape.ts";
import { UNIT } from "../../verify/bounds.ts";
import type { GoldenCase } from "../../verify/golden_file.ts";
import { GoldenFile } from "../../verify/golden_file.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { goldenPath } from "../models/golden_models.ts";
import { goldenFolder } from "../verify/golden_folder.ts";

const NAMES = [
  ...["lsg_norm", "bert_lsg_bos_pooling", "albert_lsg_norm", "longformer", "roberta_masked_lm"],
  ...["lsg_none", "lsg_norm_g7_mask_first", "lsg_pooling_no_pool", "lsg_lsh", "bert_lsg_stride"],
  ...["camembert_lsg_norm", "distilbert", "distilbert_lsg_norm", "electra", "electra_lsg_norm"],
];

/** The golden gradients of a model. */
async function openGolden(name: string): Promise<[GoldenFile, GoldenCase]> {
  const file = await GoldenFile.open(goldenFolder("training"), `${name}.safetensors`);
  return [file, file.cases[0]];
}

const GRADIENT = "gradient.";

/** A name in the package without the prefix of the bare model. */
const bare = (name: string) =>
  name.replace(/^(roberta|bert|albert|longformer|distilbert|electra)\./, "");

/** Runs a model on a tape, goes back from its loss, and returns the loss and the gradients. */
async function gradientsOn(
  backend: Backend,
  name: string,
  isTrained: (name: string) => boolean = () => true,
): Promise<{ loss: number; gradients: Map<string, Float32Array>; left: number }> {
  const [file, golden] = await openGolden(name);
  const read = async (tensor: string) => {
    const values = await file.integers(golden, tensor);
    return values && batchOf(values);
  };
  const tape = new Tape(backend);
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath(`models/${name}`), {
    device: tape,
    lsh_projections: await projectionsOf(file, golden),
  });
  const names = new Map([...model.parameters.entries()].map(([name, tensor]) => [tensor, name]));
  for (const [tensor, name] of names) if (isTrained(name)) tape.train(tensor);
  const before = backend.memory().tensors;

  const { logits } = await model({
    input_ids: (await read("input_ids"))!,
    attention_mask: await read("attention_mask"),
    token_type_ids: await read("token_type_ids"),
    ...(file.has(golden, "global_attention_mask") && {
      global_attention_mask: await read("global_attention_mask"),
    }),
  });
  const labels = (await file.integers(golden, "labels"))!;
  const { loss, gradient } = crossEntropy(logits.data, labels);
  const seed = backend.floats(new Float32Array(gradient), logits.dims);
  if (backend instanceof Float64Backend) valuesOf(seed).set(gradient);
  await tape.backward([logits, seed]);
  [logits, seed].forEach((tensor) => tensor.dispose());
  const gradients = new Map<string, Float32Array>();
  for (const [tensor, sum] of tape.gradients) {
    gradients.set(names.get(tensor)!, (await sum.getData()).slice());
  }
  const left = backend.memory().tensors - before - gradients.size;
  tape.dispose();
  model.dispose();
  return { loss, gradients, left };
}

/** The projections that the package drew, by layer and round; undefined where it drew none. */
async function projectionsOf(file: GoldenFile, golden: GoldenCase) {
  const layers: Float32Array[][] = [];
  for (const name of file.tensors(golden).filter((name) => name.startsWith("projection_")).sort()) {
    const layer = Number(name.split("_")[1]);
    (layers[layer] ??= []).push((await file.floats(golden, name)).data);
  }
  return layers.length > 0 ? layers : undefined;
}

/** Two sequences. */
function batchOf(values: Int32Array): number[][] {
  const tokens = values.length / 2;
  return [0, 1].map((b) => [...values.subarray(b * tokens, (b + 1) * tokens)]);
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
    for (const tensor of wanted) {
      const key = bare(tensor.slice(GRADIENT.length));
      const { data } = await file.floats(golden, tensor);
      const made = gradients.get(key) ?? new Float32Array(data.length);
      assertEquals(made.length, data.length, key);
      // The golden values are rounded to float32; 1e-9 of the largest is what float64 loses.
      const most = 1e-9 * Math.max(1, largest(data));
      data.forEach((value, i) => {
        const error = Math.abs(made[i] - value);
        assert(
          error <= UNIT * Math.abs(value) + most,
          `${key} at ${i}: ${made[i]}, wanted ${value}`,
        );
      });
      gradients.delete(key);
    }
    // What is trained here and not there has no gradient: the pooler's, say.
    assertEquals([...gradients].filter(([, values]) => largest(values) > 0), []);
    assertEquals(left, 0, "tensors left on the backend");
    backend.dispose();
  });
}

for (const device of ["cpu", "wasm", "webgpu"] as const) {
  testOnBackend(device, "gradients of models are those of float64", async () => {
    const backend = await openBackend(device);
    // Lavapipe takes a second and more for a model.
    for (const name of device === "webgpu" ? NAMES.slice(0, 4) : NAMES) {
      const exact = await gradientsOn(new Float64Backend(), name);
      const { loss, gradients, left } = await gradientsOn(backend, name);
      assertAlmostEquals(loss, exact.loss, 1e-5);
      assertEquals([...gradients.keys()], [...exact.gradients.keys()]);
      assertEquals(left, 0);
      for (const [key, values] of gradients) {
        const wanted = exact.gradients.get(key)!;
        // Forward and back about 60 roundings follow each other, each of them amplified by norms
        // and by sums of at most 90 terms, most of which cancel: 60·90·u of the largest gradient.
        // Those by biases of keys cancel wholly; their terms are of the size of the weight's.
        const weight = exact.gradients.get(key.replace(/bias$/, "weight")) ?? wanted;
        const most = 60 * 90 * UNIT * Math.max(largest(wanted), largest(weight), 1e-3);
        values.forEach((value, i) => {
          const error = Math.abs(value - wanted[i]);
          assert(error <= most, `${name}, ${key} at ${i}: ${value}, wanted ${wanted[i]} (${most})`);
        });
      }
    }
    backend.dispose();
  });
}

Deno.test("training the global tokens alone gives the same gradient, and no other", async () => {
  const isGlobal = (name: string) => name.includes("global_embeddings");
  const all = await gradientsOn(new Float64Backend(), "lsg_norm");
  const few = await gradientsOn(new Float64Backend(), "lsg_norm", isGlobal);
  const [[name, values], ...others] = few.gradients;
  assertEquals(others, []);
  assertEquals(values, all.gradients.get(name));
  // One of 512 rows is used; the others have no gradient.
  assert(largest(values.subarray(0, 16)) > 0);
  assertEquals(largest(values.subarray(16)), 0);
});
