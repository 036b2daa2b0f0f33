import { assertEquals, assertThrows } from "@std/assert";
import type { SparsityType } from "../../../attention/mod.ts";
import { CpuBackend } from "../../../cpu/mod.ts";
import { sparseList } from "../../../attention/lsg/sparse_list.ts";

function listOf(sparsity_type: SparsityType, factor: number) {
  const backend = new CpuBackend();
  const x = backend.floats(new Float32Array([1, -3, 2, 5]), [1, 4, 1]);
  const mask = backend.integers(new Int32Array(4).fill(1), [1, 4]);
  const input = { query: x, key: x, value: x, mask, heads: 1, first: 0, tokens: 4 };
  const shape = {
    block_size: 4,
    sparse_block_size: 4,
    sparsity_factor: factor,
    sparsity_type,
  };
  return sparseList(backend, input, shape).keys.tolist();
}

Deno.test("sparseList() makes the list of each type", () => {
  assertEquals(listOf("norm", 2), [[[-3], [5]]]);
  assertEquals(listOf("stride", 2), [[[1], [2]]]);
  assertEquals(listOf("block_stride", 2), [[[1], [-3]]]);
  assertEquals(listOf("pooling", 4), [[[Math.fround(5 / 4.000001)]]]);
});

Deno.test("sparseList() of type lsh with one entry a sparse block is bos_pooling", () => {
  assertEquals(listOf("lsh", 4), listOf("bos_pooling", 4));
});

Deno.test("sparseList() refuses lsh without projections, and type none", () => {
  assertThrows(() => listOf("lsh", 2), TypeError, 'sparsity_type "lsh": got no projections');
  assertThrows(() => listOf("none", 2), RangeError, 'sparsity_type "none"');
});
