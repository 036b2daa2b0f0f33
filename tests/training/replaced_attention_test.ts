/** Models whose attention is replaced by one of those that the paper compares with. */
import { assert, assertRejects } from "@std/assert";
import type { AttentionOptions } from "../../attention/mod.ts";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import { Float64Backend, valuesOf } from "../helpers/float64_backend.ts";
import { drawIds, goldenPath, maskOf } from "../models/golden_models.ts";

const TOKENS = 42;

/** Loads a model on a tape, with inputs of two sequences, one of them padded. */
async function load(backend: Float64Backend, attention: AttentionOptions) {
  const tape = new Tape(backend);
  const folder = goldenPath("models/roberta_masked_lm");
  const model = await AutoModelForMaskedLM.from_pretrained(folder, { device: tape, attention });
  const random = new Random(3);
  const inputs = {
    input_ids: [drawIds(random, TOKENS), drawIds(random, TOKENS)],
    attention_mask: maskOf([TOKENS, 31], TOKENS),
  };
  return { tape, model, inputs };
}

for (
  const attention of [
    { type: "bigbird", block_size: 4, num_random_blocks: 1 },
    { type: "linformer" },
    { type: "longformer", attention_window: 8 },
    { type: "self_extend", max_sequence_length: 128 },
  ] as const
) {
  Deno.test(`${attention.type}: gradients of a model are what differences tell`, async () => {
    const backend = new Float64Backend();
    const { tape, model, inputs } = await load(backend, attention);
    const name = "encoder.layer.0.attention.self.key.weight";
    const [, weight] = [...model.parameters.entries()].find(([each]) => each === name)!;
    tape.train(weight);
    const factors = new Random(4).normals(2 * TOKENS * 90)
      .map((value, i) => i < 90 * (TOKENS + 31) ? value : 0);
    const { logits } = await model(inputs);
    const seed = backend.floats(factors, logits.dims);
    await tape.backward([logits, seed]);
    const gradient = valuesOf(tape.gradients[0][1]);
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert(largest > 0);
    const loss = async () => {
      const { logits } = await model(inputs);
      const sum = valuesOf(logits).reduce((sum, value, i) => sum + value * factors[i], 0);
      logits.dispose();
      return sum;
    };
    const values = valuesOf(weight), step = 1e-5;
    for (const at of [0, 100, 333]) {
      const value = values[at];
      values[at] = value + step;
      const above = await loss();
      values[at] = value - step;
      const wanted = (above - await loss()) / (2 * step);
      values[at] = value;
      const error = Math.abs(gradient[at] - wanted);
      assert(error <= 1e-7 * largest, `at ${at}: ${gradient[at]}, wanted ${wanted}`);
    }
    tape.dispose();
    backend.dispose();
  });
}

for (const type of ["linear", "efficient", "performer", "reformer"] as const) {
  Deno.test(`${type}: a model cannot be trained through it, and says so`, async () => {
    const backend = new Float64Backend();
    const { tape, model, inputs } = await load(backend, { type });
    for (const [, tensor] of model.parameters.entries()) tape.train(tensor);
    const operation = type === "reformer" ? "attendHashed" : "attendFeatures";
    const message = `Cannot train through ${operation}: it has no gradient`;
    await assertRejects(() => model(inputs), TypeError, message);
    tape.dispose();
    backend.dispose();
  });
}
