import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  cat,
  cos_sim,
  dot,
  matmul,
  mean_pooling,
  stack,
  Tensor,
  type TensorType,
  topk,
} from "../../mod.ts";

const floats = (dims: number[]) =>
  new Tensor("float32", Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i), dims);

Deno.test("cat() and stack() refuse tensors that do not fit", () => {
  const ids: Tensor<TensorType> = new Tensor("int64", [1], [1]);
  assertThrows(() => cat([]), TypeError, "wanted an array of one or more");
  assertThrows(() => cat([[1]] as unknown as Tensor[]), TypeError, "wanted an array");
  assertThrows(() => stack(undefined as unknown as Tensor[]), TypeError, "wanted an array");
  assertThrows(
    () => cat([floats([1]), ids]),
    TypeError,
    "of types float32, int64: wanted one type",
  );
  assertThrows(
    () => cat([floats([2, 3]), floats([2, 2])]),
    RangeError,
    "Cannot join [2,3] and [2,2] along dimension 0: the others must be equal",
  );
  assertThrows(() => cat([floats([2]), floats([2, 1])]), RangeError, "the others must be equal");
  assertThrows(() => cat([floats([2])], 1), RangeError, "as dimension");
  assertThrows(() => stack([floats([2]), floats([3])]), RangeError, "the others must be equal");
  assertThrows(() => stack([floats([2])], 2), RangeError, "as dimension");
});

Deno.test("matmul() refuses shapes that do not fit, and integers", async () => {
  const pairs = [[[2, 3], [2, 3]], [[], [1]], [[3], [2, 3]], [[2, 2, 3], [3, 3, 2]]];
  for (const [a, b] of pairs) {
    await assertRejects(
      () => matmul(floats(a), floats(b)),
      RangeError,
      `Cannot multiply [${a}] by [${b}]`,
    );
  }
  const ids = new Tensor("int64", [1], [1, 1]) as unknown as Tensor<"float32">;
  await assertRejects(() => matmul(ids, ids), TypeError, "Cannot multiply a tensor of int64");
  const plain = [[1]] as unknown as Tensor<"float32">;
  await assertRejects(() => matmul(floats([1, 1]), plain), TypeError, "what is not a tensor");
});

Deno.test("matmul() and topk() read tensors that were not read", async () => {
  const storage = { read: () => Promise.resolve(new Float32Array([1, 2])), dispose: () => {} };
  const tensor = new Tensor("float32", storage, [1, 2]);
  assertEquals((await matmul(tensor, floats([2, 1]))).tolist(), [[2]]);
  const unread = new Tensor("float32", storage, [2]);
  assertEquals((await topk(unread, 1))[1].tolist(), [1n]);
});

Deno.test("topk() takes the first of equal values", async () => {
  const [values, indices] = await topk(new Tensor("float32", [1, 3, 3, -Infinity], [4]), 9);
  assertEquals(values.tolist(), [3, 3, 1, -Infinity]);
  assertEquals(indices.tolist(), [1n, 2n, 0n, 3n]);
});

Deno.test("topk() keeps the order of equal infinities", async () => {
  const scores = [-Infinity, Infinity, 0, -Infinity, Infinity];
  const [, indices] = await topk(new Tensor("float32", scores, [5]));
  assertEquals(indices.tolist(), [1n, 4n, 2n, 0n, 3n]);
});

Deno.test("topk() refuses what has no order", async () => {
  const one = floats([1]);
  for (const k of [0, -1, 1.5, NaN]) {
    await assertRejects(() => topk(one, k), RangeError, `the ${k} `);
  }
  await assertRejects(() => topk(new Tensor("float32", [NaN], [1])), RangeError, "NaN");
  await assertRejects(() => topk(new Tensor("float32", [1], [])), RangeError, "without dimensions");
  await assertRejects(() => topk([1] as unknown as Tensor<"float32">), TypeError, "float32");
});

Deno.test("mean_pooling() refuses masks that do not fit or hide everything", () => {
  const hidden = floats([2, 2, 3]);
  const mask = (data: number[], dims: number[]) => new Tensor("int64", data, dims);
  assertThrows(
    () => mean_pooling(hidden, mask([1, 1], [2])),
    RangeError,
    "Cannot pool [2,2,3] with a mask of [2]",
  );
  assertThrows(() => mean_pooling(hidden, mask([1, 1, 0, 0], [2, 2])), RangeError, "sequence 1");
  const swapped = () => mean_pooling(mask([1], [1]) as unknown as Tensor<"float32">, hidden);
  assertThrows(swapped, TypeError, "Cannot pool");
  assertThrows(() => mean_pooling(hidden, [1] as unknown as Tensor), TypeError, "Cannot pool");
});

Deno.test("dot() and cos_sim() take arrays of one length", () => {
  assertEquals(cos_sim([0, 0], [3, 4]), 0);
  assertEquals(cos_sim(new Float32Array([2, 0]), new Float32Array([1, 0])), 1);
  assertThrows(() => dot([1], [1, 2]), RangeError, "Cannot multiply 1 by 2 numbers");
  for (const wrong of [undefined, null, 3, floats([2])]) {
    assertThrows(() => dot([1, 2], wrong as unknown as number[]), TypeError, "a tensor's data");
  }
  for (const value of [NaN, Infinity, "a"]) {
    assertThrows(() => cos_sim([value as number], [1]), RangeError, "wanted finite numbers");
  }
});
