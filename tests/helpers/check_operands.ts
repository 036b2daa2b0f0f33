/** Checks that each backend refuses tensors that it cannot use. */
import { assertEquals, assertThrows } from "@std/assert";
import { everything } from "../../attention/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";

const SELECT = { heads: 1, first: 0, tokens: 2, block: 2, factor: 2, chunk: 2 };

/**
 * Asserts that a backend refuses the tensors of others in each role, and that nothing is left of it.
 *
 * @param backend The backend.
 * @param others Backends whose tensors it cannot use.
 */
export function checkForeignTensors(backend: Backend, others: readonly Backend[]): void {
  const tensors = (owner: Backend) => ({
    x: owner.floats(new Float32Array(4), [1, 2, 2]),
    row: owner.floats(new Float32Array(2), [2]),
    weight: owner.weight(new Float32Array(4), [2, 2]),
    one: owner.floats(new Float32Array(0), [1, 2, 0]),
    rows: owner.integers(new Int32Array(2), [1, 2]),
  });
  const own = tensors(backend);
  for (const other of others) {
    const foreign = tensors(other);
    const before = backend.memory();
    const source = { keys: own.x, values: own.x, first: 0, count: 2, spans: [everything(2)] };
    const attend = (query: Floats, replaced: object) =>
      backend.attend(query, [{ first: 0, count: 2, sources: [{ ...source, ...replaced }] }], {
        heads: 1,
      });
    const calls = [
      () => backend.add(own.x, foreign.x),
      () => backend.add(foreign.x, own.x),
      () => backend.linear(own.x, foreign.weight),
      () => backend.linear(own.x, own.weight, foreign.row),
      () => backend.linear(own.x, own.x.reshape([2, 2]), foreign.row),
      () => backend.feedForward(own.x, { weight: own.weight }, "relu", { weight: foreign.weight }),
      () => backend.layerNorm(own.x, foreign.row, foreign.row, 1),
      () => backend.layerNorm(own.x, own.row, own.row, 1, foreign.x),
      () => backend.concatRows(foreign.x, own.x),
      () => backend.gatherRows(own.x, foreign.rows),
      () => backend.embed([{ ids: own.rows, table: foreign.weight }]),
      () => backend.embed([{ ids: foreign.rows, table: own.weight }]),
      () => backend.attend(own.x, [], { heads: 1, queryMask: foreign.rows }),
      () => attend(foreign.x, {}),
      () => attend(own.x, { keys: foreign.x }),
      () => attend(own.x, { values: foreign.x }),
      () => attend(own.x, { query: foreign.x }),
      () => attend(own.x, { mask: foreign.rows }),
      () => backend.selectPooling(own.x, own.x, foreign.rows, SELECT),
      () => backend.selectPooling(own.x, foreign.x, own.rows, SELECT),
      () => backend.selectBosPooling(foreign.x, own.x, own.x, own.rows, SELECT),
      () => backend.selectLsh(own.x, own.x, own.rows, [foreign.one], SELECT),
    ];
    for (const call of calls) assertThrows(call, TypeError, "belongs to another backend");
    assertEquals(backend.memory(), before);
    Object.values(foreign).forEach((tensor) => tensor.dispose());
  }
  Object.values(own).forEach((tensor) => tensor.dispose());
}

/** Asserts that what an operation made is a mask, and no indices; what the host gave is checked. */
export function checkIntegers(backend: Backend): void {
  backend.scope(() => {
    const x = backend.floats(new Float32Array(4), [1, 2, 2]);
    const ones = backend.integers(new Int32Array([1, 1]), [1, 2]);
    const sizes = { ...SELECT, factor: 1 };
    const made = backend.selectStride(x, x, ones, sizes).mask.reshape([1, 2]);
    const before = backend.memory();
    assertEquals(backend.selectStride(x, x, made, sizes).mask.dims, [1, 1, 2]);
    assertThrows(() => backend.gatherRows(x, made), TypeError, "index was made by an operation");
    const given = backend.integers(new Int32Array([3, -1]), [1, 2]);
    assertThrows(
      () => backend.selectStride(x, x, given, sizes),
      RangeError,
      "selectStride: mask holds 3 at 0",
    );
    assertThrows(
      () => backend.gatherRows(x, given),
      RangeError,
      "gatherRows: index holds 3 at position 0, wanted -1 … 1",
    );
    const wide = backend.floats(new Float32Array(8), [1, 4, 2]);
    assertEquals(backend.gatherRows(wide, given).dims, [1, 2, 2]);
    // The lists' three tensors, both indices' and rows'.
    assertEquals(backend.memory().tensors, before.tensors + 3 + 3);
    return [];
  });
}
