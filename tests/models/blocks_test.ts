import { assert, assertEquals } from "@std/assert";
import { openBackend } from "../../device.ts";
import { runLinear } from "../../models/blocks.ts";
import type { Parameters } from "../../models/parameters.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import "../helpers/quiet_reference.ts";

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
