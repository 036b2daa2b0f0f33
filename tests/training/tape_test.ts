/** What the tape records, keeps and gives back. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Backend, Floats } from "../../ops/backend.ts";
import { everything } from "../../ops/span.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import { CountingBackend } from "../helpers/counting_backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { topScores } from "../../ops/top_scores.ts";
import { writeRows } from "../../ops/write_rows.ts";

const draw = (backend: Backend, ...dims: number[]): Floats =>
  backend.floats(new Random(dims.length).normals(dims.reduce((a, b) => a * b, 1)), dims);

/** Two layers: the first one's matrix, bias; the second one's. */
function twoLayers(backend: Backend) {
  const [x, first, bias, second] = [[2, 4], [3, 4], [3], [1, 3]].map((dims) =>
    draw(backend, ...dims)
  );
  return { x, first, bias, second };
}

type Layers = ReturnType<typeof twoLayers>;

/** As a model does: intermediate results belong to a scope, or are disposed of. */
function run(on: Backend, { x, first, bias, second }: Layers): Floats {
  return on.scope(() => {
    const inner = on.scope(() => on.linear(x, first, bias, "tanh"));
    const output = on.linear(inner, second);
    inner.dispose();
    return output;
  });
}

const ones = (on: Backend, { size, dims }: Floats) =>
  on.floats(new Float32Array(size).fill(1), dims);

Deno.test("a tape computes what its backend does, and gives gradients of what is trained", async () => {
  const backend = new CpuBackend();
  const layers = twoLayers(backend);
  const tape = new Tape(backend, [layers.first, layers.second]);
  const [made, wanted] = [run(tape, layers), run(backend, layers)];
  assertEquals(made.data, wanted.data);
  await tape.backward([made, ones(backend, made)]);
  assertEquals(tape.gradients.map(([tensor]) => tensor), [layers.first, layers.second]);
  assertEquals(tape.gradients.map(([, { dims }]) => dims), [[3, 4], [1, 3]]);
  backend.dispose();
});

Deno.test("nothing but the gradients is left on the backend", async () => {
  const backend = new CpuBackend();
  const layers = twoLayers(backend);
  const before = backend.memory();
  using tape = new Tape(backend, [layers.first]);
  for (const times of [1, 2]) {
    const output = run(tape, layers);
    const ready = backend.memory();
    assertEquals(
      ready.tensors,
      before.tensors + 1 + times,
      "output, kept tensor, and later the sum",
    );
    const seed = ones(backend, output);
    await tape.backward([output, seed]);
    output.dispose();
    seed.dispose();
    assertEquals(backend.memory().tensors, before.tensors + 1);
    assertEquals(backend.memory().bytes, before.bytes + 4 * layers.first.size);
  }
  tape.zero();
  assertEquals(backend.memory(), before);
  backend.dispose();
});

Deno.test("gradients add up over calls of backward(), until zero()", async () => {
  const backend = new CpuBackend();
  const layers = twoLayers(backend);
  const tape = new Tape(backend, [layers.bias]);
  const back = async () => {
    const output = run(tape, layers);
    await tape.backward([output, ones(backend, output)]);
    return [...tape.gradients[0][1].data];
  };
  const [once, twice] = [await back(), await back()];
  twice.forEach((value, i) => assertAlmostEquals(value, 2 * once[i], 1e-6));
  tape.zero();
  assertEquals(tape.gradients, []);
  assertEquals(await back(), once);
  backend.dispose();
});

Deno.test("backward() refuses a loss whose pass it has gone back through", async () => {
  for (const checkpoint of [false, true]) {
    const backend = new CpuBackend();
    const layers = twoLayers(backend);
    const tape = new Tape(backend, [layers.first], { checkpoint });
    const pass = () => tape.segment(() => run(tape, layers));
    const [output, second] = [pass(), pass()];
    const seed = ones(backend, output);
    await tape.backward([output, seed], [second, seed]);
    const once = [...tape.gradients[0][1].data];
    // Of other passes something may be recorded.
    const third = pass();
    await assertRejects(() => tape.backward([second, seed]), Error, "a second time");
    await assertRejects(() => tape.backward([third, seed]), Error, "a second time");
    assertEquals([...tape.gradients[0][1].data], once);
    const own = backend.like(layers.first);
    await tape.backward([layers.first, own]); // a loss that is a parameter needs no pass
    backend.dispose();
  }
});

Deno.test("a frozen parameter costs no operation and no memory", async () => {
  const operationsOf = async (names: readonly (keyof Layers)[]) => {
    const backend = new CountingBackend();
    const layers = twoLayers(backend);
    const tape = new Tape(backend, names.map((name) => layers[name]));
    const before = backend.memory().tensors;
    const output = run(tape, layers);
    const kept = backend.memory().tensors - before - 1;
    backend.takeLaunches();
    await tape.backward([output, ones(backend, output)]);
    const made = backend.takeLaunches().map(({ name }) => name);
    backend.dispose();
    return { made, kept };
  };
  const none = await operationsOf([]);
  assertEquals(none, { made: [], kept: 0 });
  // Below the second matrix nothing is differentiated; its input is kept.
  assertEquals(await operationsOf(["second"]), { made: ["weightGradient"], kept: 1 });
  // The bias needs the activation's input, and no input of a layer.
  const bias = await operationsOf(["bias"]);
  assertEquals(bias.made, ["linearInputs", "activationGradient", "sumRows"]);
  assertEquals(bias.kept, 1);
  const all = await operationsOf(["first", "bias", "second"]);
  assertEquals(all.made.filter((name) => name === "weightGradient").length, 2);
  // The activation is computed again from its input.
  assertEquals(all.kept, 1);
  assertEquals(all.made.filter((name) => name === "activation").length, 1);
});

Deno.test("operands of attention that are not trained cost no sweep", async () => {
  const backend = new CountingBackend();
  const operands = [1, 2, 3].map(() => draw(backend, 1, 4, 2));
  const sweepsOf = async (...trained: number[]) => {
    const tape = new Tape(backend, trained.map((i) => operands[i]));
    const [query, keys, values] = operands;
    const source = { keys, values, first: 0, count: 4, spans: [everything(4)] };
    const output = tape.attend(query, [{ first: 0, count: 4, sources: [source] }], { heads: 1 });
    backend.takeLaunches();
    await tape.backward([output, ones(backend, output)]);
    const made = backend.takeLaunches().map(({ name }) => name);
    tape.dispose();
    return made;
  };
  const [query, key] = ["attendQueryGradient", "attendKeyGradient"] as const;
  assertEquals(await sweepsOf(0), ["headProducts", query]);
  assertEquals(await sweepsOf(1), ["headProducts", key]);
  assertEquals(await sweepsOf(1, 2), ["headProducts", key]);
  assertEquals(await sweepsOf(0, 2), ["headProducts", query, key]);
  assertEquals(await sweepsOf(0, 1, 2), ["headProducts", "attendGradient"]);
  backend.dispose();
});

Deno.test("an operation that nothing trained leads to is not recorded", () => {
  const backend = new CpuBackend();
  const layers = twoLayers(backend);
  const tape = new Tape(backend, [layers.second]);
  run(tape, layers);
  assertEquals(tape.recorded, 1);
  tape.clear();
  assertEquals(tape.recorded, 0);
  backend.dispose();
});

Deno.test("results that lead to no loss have no gradient, and give their memory back", async () => {
  const backend = new CpuBackend();
  const x = draw(backend, 1, 2, 3);
  const tape = new Tape(backend, [x]);
  const before = backend.memory().tensors;
  backend.scope(() => {
    tape.multiply(x, x);
    return [];
  });
  const y = tape.add(x, x);
  await tape.backward([y, ones(backend, y)]);
  assertEquals([...tape.gradients[0][1].data], [2, 2, 2, 2, 2, 2]);
  assertEquals(backend.memory().tensors, before + 3, "y, its gradient and the sum");
  backend.dispose();
});

Deno.test("a reshaped tensor is the same one", async () => {
  const backend = new CpuBackend();
  const x = draw(backend, 2, 3);
  const tape = new Tape(backend, [x]);
  const row = x.reshape([1, 1, 6]);
  const y = tape.multiply(row, row).reshape([6]);
  await tape.backward([y, ones(backend, y)]);
  assertEquals(tape.gradients[0][1].dims, [2, 3]);
  assertEquals([...tape.gradients[0][1].data], [...x.data].map((value) => 2 * value));
  backend.dispose();
});

Deno.test("what has no gradient is refused, and operations in place may not change what is kept", () => {
  const backend = new CpuBackend();
  const x = draw(backend, 1, 2, 3);
  const tape = new Tape(backend, [x]);
  assertThrows(() => tape.run(topScores, x, 1), TypeError, "Cannot train through topScores");
  const frozen = draw(backend, 1, 2, 3);
  tape.multiply(x, frozen);
  const row = backend.integers(new Int32Array(1), [1, 1]);
  assertThrows(
    () => tape.run(writeRows, frozen, row, draw(backend, 1, 1, 3)),
    TypeError,
    "writeRows changed a tensor that a gradient needs",
  );
  backend.dispose();
});

Deno.test("losses have one value, or a gradient of their size", async () => {
  const backend = new CpuBackend();
  const x = draw(backend, 2);
  const tape = new Tape(backend, [x]);
  await assertRejects(() => tape.backward(x), TypeError, "from [2]: wanted one value");
  await assertRejects(
    () => tape.backward([x, draw(backend, 3)]),
    TypeError,
    "from [2] with a gradient of [3]",
  );
  const one = draw(backend, 1);
  tape.train(one);
  await tape.backward(tape.multiply(one, one));
  assertEquals(tape.gradients[0][1].data[0], 2 * one.data[0]);
  backend.dispose();
});

Deno.test("a failure on the way back gives everything back", async () => {
  const backend = new CpuBackend();
  const x = draw(backend, 1, 2, 3);
  const tape = new Tape(backend, [x]);
  const before = backend.memory().tensors;
  const y = backend.scope(() => tape.multiply(tape.multiply(x, x), x));
  const seed = ones(backend, y);
  backend.run = () => {
    throw new Error("no more memory");
  };
  await assertRejects(() => tape.backward([y, seed]), Error, "no more memory");
  [y, seed].forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory().tensors, before);
  assertEquals(tape.recorded, 0);
  backend.dispose();
});

Deno.test("settle() on the way forward is one on the way back", async () => {
  class Settling extends CpuBackend {
    settled = 0;
    override settle(): Promise<void> {
      this.settled++;
      return super.settle();
    }
  }
  const backend = new Settling();
  const x = draw(backend, 1, 2, 3);
  const tape = new Tape(backend, [x]);
  let y = tape.multiply(x, x);
  await tape.settle();
  y = tape.multiply(y, x);
  await tape.settle();
  assertEquals(backend.settled, 2);
  await tape.backward([y, ones(backend, y)]);
  assert(backend.settled >= 4);
  backend.dispose();
});

Deno.test("unknown options are refused", () => {
  const backend = new CpuBackend();
  const make = (options: unknown) => () => new Tape(backend, [], options as never);
  assertThrows(make({ checkpoints: true }), TypeError, "checkpoints");
  assertThrows(make({ checkpoint: 1 }), TypeError, "checkpoint");
  assertThrows(make({ dropout: 0.1 }), TypeError, "dropout");
  assertThrows(make({ dropout: { seed: 1, calls: 2 } }), TypeError, "calls");
  backend.dispose();
});
