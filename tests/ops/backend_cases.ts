import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Backend, Floats } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

const WIDTH = 4;

/** The same rows on the reference and on the tested backend. */
type Twin = readonly [expected: Floats, actual: Floats];

/** Whole numbers, so that sums are exact; two sizes, so that memory is soon used again. */
function upload(draw: Draw, [reference, tested]: readonly Backend[]): Twin {
  const rows = draw.integer(1, 2) * 16;
  const values = draw.normals(rows * WIDTH).map((value) => Math.round(8 * value));
  const dims = [1, rows, WIDTH];
  return [reference.floats(values, dims), tested.floats(values, dims)];
}

/** An operation that rounds nothing: whatever is wrong is memory. */
function operate(draw: Draw, backends: readonly Backend[], twins: readonly Twin[]): Twin {
  const at = draw.integer(0, twins.length - 1);
  const rows = twins[at][0].dims[1];
  const same = twins.findLastIndex(([other]) => other.dims[1] === rows);
  const index = Int32Array.from({ length: 16 }, () => draw.integer(-1, rows - 1));
  const swap = Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => i % 5 === 3 ? 1 : 0);
  const kind = draw.pick(["add", "relu", "gather", "linear", "relu"]);
  const [expected, actual] = backends.map((backend, side) => {
    const x = twins[at][side];
    switch (kind) {
      case "add":
        return backend.add(x, twins[same][side]);
      case "gather": {
        const picks = backend.integers(index, [1, 16]);
        const y = backend.gatherRows(x, picks);
        picks.dispose();
        return y;
      }
      case "linear": {
        const weight = backend.floats(swap, [WIDTH, WIDTH]);
        const y = backend.linear(x, weight);
        weight.dispose();
        return y;
      }
      default:
        return backend.activation(x, "relu");
    }
  });
  return [expected, actual];
}

/**
 * Asserts that operations and uploads in random order leave each other's memory alone.
 *
 * @param backend A new backend, which is disposed.
 * @param seed Which order.
 */
export async function checkMemory(backend: Backend, seed: number): Promise<void> {
  const backends = [new CpuBackend(), backend];
  const draw = new Draw(seed);
  const twins: Twin[] = [upload(draw, backends)];
  const reads = new Map<Twin, Promise<void>>();
  let compared = 0;
  const compare = async ([expected, actual]: Twin, step: number) => {
    assertEquals(await actual.getData(), expected.data, `step ${step}`);
    compared++;
  };
  for (let step = 0; step < 500; step++) {
    if (draw.oneIn(3)) twins.push(upload(draw, backends));
    else twins.push(operate(draw, backends, twins));
    // Not awaited: what is recorded runs while more is.
    const newest = twins[twins.length - 1];
    if (draw.oneIn(10)) reads.set(newest, compare(newest, step));
    if (draw.oneIn(10)) {
      await Promise.all(reads.values());
      reads.clear();
    }
    for (const twin of twins.filter((twin) => !reads.has(twin) && draw.oneIn(8))) {
      if (twins.length === 1) break;
      twins.splice(twins.indexOf(twin), 1);
      twin.forEach((tensor) => tensor.dispose());
    }
  }
  await Promise.all(reads.values());
  await Promise.all(twins.map((twin) => compare(twin, 500)));
  assert(compared > 30, `${compared} comparisons`);
  assertEquals(backends[1].memory(), backends[0].memory());
  backends.forEach((backend) => backend.dispose());
  assertEquals(backends[1].memory(), { tensors: 0, bytes: 0 });
}

/** Asserts that an upload does not reach an operation that was recorded before. */
export async function checkUploads(backend: Backend): Promise<void> {
  const values = (value: number) => new Float32Array(32).fill(value);
  const x = backend.floats(values(1), [1, 8, 4]);
  const first = backend.add(x, x);
  x.dispose();
  const y = backend.floats(values(10), [1, 8, 4]);
  const second = backend.add(y, first);
  first.dispose();
  const third = backend.add(backend.floats(values(100), [1, 8, 4]), second);
  assertEquals(await second.getData(), values(12));
  assertEquals(await third.getData(), values(112));
  assertEquals(await y.getData(), values(10));
}

/** Asserts that nothing is kept of tensors and operations that are refused. */
export function checkRefusals(backend: Backend): void {
  assertThrows(() => backend.floats(new Float32Array(2), [3]), RangeError, "from 2 values");
  const wide = new Float64Array(1) as unknown as Float32Array;
  assertThrows(() => backend.floats(wide, [1]), TypeError, "from a Float64Array");
  for (const dims of [[], [1], [1, 1, 1]]) {
    const message = `Cannot hold weights [${dims}]: wanted two dimensions`;
    assertThrows(() => backend.weight(new Float32Array(1), dims), TypeError, message);
  }
  const x = backend.floats(new Float32Array(6), [1, 2, 3]);
  const before = backend.memory();
  assertThrows(() => backend.linear(x, x.reshape([3, 2])), TypeError, "linear");
  assertThrows(() => backend.activation(x, "swish" as "relu"), RangeError, "swish");
  assertThrows(() => backend.add(x, x.reshape([2, 1, 3])), TypeError, "add");
  const shape = { heads: 3, first: 1, tokens: 2, block: 2, factor: 2, chunk: 2 };
  const mask = backend.integers(new Int32Array(2), [1, 2]);
  assertThrows(() => backend.selectNorm(x, x, mask, shape), RangeError, "tokens in rows 1 … 2");
  mask.dispose();
  assertEquals(backend.memory(), before);
}

/** Asserts that a scope returns to the level that it started from, and disposal to nothing. */
export async function checkScope(backend: Backend): Promise<void> {
  const x = backend.floats(new Float32Array([-1, 1]), [1, 1, 2]);
  const y = backend.scope(() => backend.activation(backend.add(x, x), "relu"));
  assertEquals(backend.memory(), { tensors: 2, bytes: 16 });
  assertEquals([...await y.getData()], [0, 2]);
  backend.dispose();
  backend.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  assertThrows(() => backend.floats(new Float32Array(1), [1]), Error, "was disposed");
}
