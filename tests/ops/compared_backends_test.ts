import { assertRejects } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import type { Backend } from "../../ops/backend.ts";
import {
  assertSame,
  assertStored,
  type Call,
  ComparedBackends,
  within,
} from "./compared_backends.ts";

const numbers = { smallest: 0, largest: Infinity, storable: (x: Float32Array) => x };

/** The reference beside two more of itself, the second of which has to equal the first. */
function compared(): { backends: ComparedBackends; reference: Backend; first: Backend } {
  const [reference, first, second] = [1, 2, 3].map(() => new CpuBackend());
  const kinds = [
    { name: "first", backend: first, store: () => 0 },
    { name: "second", backend: second, store: () => 0, sameAs: "first" },
  ];
  return { backends: new ComparedBackends(reference, kinds, numbers), reference, first };
}

/** A comparison and its result. */
async function settled(backends: ComparedBackends, ...of: Parameters<ComparedBackends["compare"]>) {
  await backends.compare(...of);
  await backends.settle();
}

/** A call that gives other values on one backend. */
function differing(on: Backend, there: number[], elsewhere: number[]): Call {
  return (backend) => {
    const values = backend === on ? there : elsewhere;
    return [backend.floats(new Float32Array(values), [values.length])];
  };
}

Deno.test("a comparison of equal results passes, also of NaN and of no values", async () => {
  const { backends } = compared();
  for (const values of [[1, NaN, -0], []]) {
    const call = differing(new CpuBackend(), [], values);
    await settled(backends, "equal", call, assertSame);
  }
});

Deno.test("a comparison that gets no tensor fails", async () => {
  const { backends } = compared();
  for (const check of [assertSame, assertStored, within(() => Infinity)]) {
    await assertRejects(
      () => settled(backends, "none", () => [], check),
      Error,
      "none: got no tensor",
    );
  }
});

Deno.test("a comparison finds other values, NaN, other shapes and other types", async () => {
  const { backends, reference, first } = compared();
  const some = within(() => 0.5);
  const rejects = (call: Call, message: string) =>
    assertRejects(() => settled(backends, "case", call, some), Error, message);
  await rejects(differing(first, [1, 3], [1, 2]), "first, case: value 1 is 3, wanted 2 within 0.5");
  await rejects(differing(first, [1, NaN], [1, 2]), "first, case: value 1 is NaN, wanted 2");
  await rejects(differing(reference, [1, NaN], [1, 2]), "first, case: value 1 is 2, wanted NaN");
  await rejects(differing(first, [1], [1, 2]), "other shapes");
  await rejects((backend) => {
    const x = backend.floats(new Float32Array(2), [2]);
    return [backend === first ? x.reshape([1, 2]) : x];
  }, "other shapes");
  await rejects((backend) => [
    backend === first
      ? backend.integers(new Int32Array(1), [1])
      : backend.floats(new Float32Array(1), [1]),
  ], "other shapes");
  await rejects(
    (backend) => [1, 2].map(() => backend.floats(new Float32Array(1), [1])),
    "a bound is for one result",
  );
});

Deno.test("a comparison finds kinds that differ from each other within the bound", async () => {
  const { backends, first } = compared();
  await assertRejects(
    () => settled(backends, "case", differing(first, [2.25], [2]), within(() => 0.5)),
    Error,
    "second, case: Values are not equal: other than first",
  );
});

Deno.test("assertSame() tells 0 from −0, and within() adds what storing costs", async () => {
  const { backends, first } = compared();
  await assertRejects(
    () => settled(backends, "zeros", differing(first, [-0], [0]), assertSame),
    Error,
    "value 0 of result 0 is 0, wanted 0",
  );
  const storing = new ComparedBackends(new CpuBackend(), [
    { name: "half", backend: first, store: (y: number) => y / 1024 },
  ], numbers);
  await settled(storing, "stored", differing(first, [1 + 1 / 1024], [1]), assertStored);
  await assertRejects(
    () => settled(storing, "stored", differing(first, [1 + 2 / 1024], [1]), assertStored),
    Error,
    "half, stored: value 0 is 1.001953125",
  );
});

Deno.test("a comparison finds memory that a call leaves behind", async () => {
  /** A backend that holds more at each look. */
  class Leaking extends CpuBackend {
    #looks = 0;
    override memory() {
      return { tensors: this.#looks++, bytes: 0 };
    }
  }
  const leaking = { name: "leaking", backend: new Leaking(), store: () => 0 };
  const backends = new ComparedBackends(new CpuBackend(), [leaking], numbers);
  const call = differing(leaking.backend, [1], [1]);
  await assertRejects(() => settled(backends, "leak", call, assertSame), Error, "tensors: 1");
});
