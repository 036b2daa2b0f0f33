/** Gradients of whole models beside those of the published packages, by autograd. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { UNIT } from "../../verify/bounds.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { Float64Backend } from "../helpers/float64_backend.ts";
import { gradientsOn, openGolden } from "../helpers/trained_models.ts";

const NAMES = [
  ...["lsg_norm", "bert_lsg_bos_pooling", "albert_lsg_norm", "longformer", "roberta_masked_lm"],
  ...["lsg_none", "lsg_norm_g7_mask_first", "lsg_pooling_no_pool", "lsg_lsh", "bert_lsg_stride"],
  ...["camembert_lsg_norm", "distilbert", "distilbert_lsg_norm", "electra", "electra_lsg_norm"],
];

const GRADIENT = "gradient.";

/** A name in the package without the prefix of the bare model. */
const bare = (name: string) =>
  name.replace(/^(roberta|bert|albert|longformer|distilbert|electra)\./, "");

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
    for (const name of device === "webgpu" ? NAMES.slice(0, 2) : NAMES) {
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
  const few = await gradientsOn(new Float64Backend(), "lsg_norm", { isTrained: isGlobal });
  const [[name, values], ...others] = few.gradients;
  assertEquals(others, []);
  assertEquals(values, all.gradients.get(name));
  // One of 512 rows is used; the others have no gradient.
  assert(largest(values.subarray(0, 16)) > 0);
  assertEquals(largest(values.subarray(16)), 0);
});
