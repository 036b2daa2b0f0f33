import { assert, assertEquals } from "@std/assert";
import { drawParameters, modelParameters, parseConfig } from "../../checkpoint/mod.ts";
import { openBackend } from "../../device.ts";
import { feedForward, runLinear } from "../../models/blocks.ts";
import { loadParts } from "../../models/load_parts.ts";
import type { Parameters } from "../../models/parameters.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import { assertSameBits } from "../helpers/compare.ts";
import "../helpers/quiet_reference.ts";
import { testOnBackends } from "../helpers/test_on_backends.ts";

Deno.test("an adapter's input is dropped in training, the layer's own is not", async () => {
  const backend = await openBackend("cpu");
  const random = new Random(4);
  const draw = (...dims: number[]) =>
    backend.floats(random.normals(dims.reduce((product, size) => product * size)), dims);
  const [x, weight, bias, down, up] = [draw(1, 5, 6), draw(4, 6), draw(4), draw(2, 6), draw(4, 2)];
  const scale = backend.floats(new Float32Array([3, 0, 0, 3]), [2, 2]);
  const adapters = new Map([["layer", { down, up, scale, dropout: 0.5 }]]);
  const run = (tape: Tape) =>
    runLinear(
      { backend: tape, parameters: { adapters } as Parameters },
      "layer",
      {
        weight,
        bias,
      },
      x,
      "relu",
    ).data;
  // The formula: relu(x·Wᵀ + b + 3·drop(x)·Aᵀ·Bᵀ).
  const formula = (input: typeof x) => {
    const update = backend.linear(backend.linear(backend.linear(input, down), scale), up);
    return backend.activation(backend.add(backend.linear(x, weight, bias), update), "relu").data;
  };
  const drops = { dropout: { seed: 3 } };
  const key = new Tape(backend, [], drops).dropoutKey()!;
  assertEquals(run(new Tape(backend, [], drops)), formula(backend.dropout(x, 0.5, key)));
  assertEquals(run(new Tape(backend)), formula(x));
  assert(String(run(new Tape(backend, [], drops))) !== String(formula(x)));
  backend.dispose();
});

const GATED = [
  { name: "Llama, a layer for the gate", keys: { model_type: "llama" } },
  { name: "ModernBERT, one layer for both", keys: { model_type: "modernbert" } },
];

testOnBackends(
  "a gated feed-forward gives each of many rows what it gives it among few",
  GATED,
  async ({ keys }, backend) => {
    const config = parseConfig({
      ...keys,
      vocab_size: 10,
      hidden_size: 8,
      intermediate_size: 12,
      num_hidden_layers: 1,
      num_attention_heads: 1,
      pad_token_id: 1,
    });
    const random = new Random(2);
    const weights = drawParameters(modelParameters(config, "Model"), 0.5, random);
    const parts = await loadParts(config, weights, { device: backend });
    const names = parts.family.layer(0).feedForward;
    const [batch, rows] = [2, 1100];
    const values = random.normals(batch * rows * 8);
    const outputOf = async (x: Float32Array, dims: number[]) => {
      using rows = backend.floats(x, dims);
      using output = feedForward(parts, names, rows);
      assertEquals(output.dims, dims);
      return await output.getData();
    };
    const few = 100;
    const alone: number[] = [];
    for (let at = 0; at < values.length; at += few * 8) {
      alone.push(...await outputOf(values.subarray(at, at + few * 8), [1, few, 8]));
    }
    assertSameBits(await outputOf(values, [batch, rows, 8]), Float32Array.from(alone));
    parts.parameters.dispose();
  },
);
