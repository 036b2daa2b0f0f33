import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  cat,
  cos_sim,
  dot,
  full,
  layer_norm,
  matmul,
  mean_pooling,
  quantize_embeddings,
  rand,
  randn,
  stack,
  std_mean,
  Tensor,
  type TensorType,
  topk,
} from "../../mod.ts";
import { Random } from "../../tensor/random.ts";

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

Deno.test("full() refuses values and sizes that make no tensor", () => {
  assertEquals(full([], true).tolist(), true);
  assertThrows(() => full([1], "1" as unknown as number), TypeError, "wanted a number, a bigint");
  assertThrows(() => full([-1], 1), RangeError, "wanted whole numbers");
  assertThrows(() => full(3 as unknown as number[], 1), TypeError, "wanted an array");
  assertThrows(() => full([1], 2n ** 63n), RangeError, "Cannot store 9223372036854775808");
});

Deno.test("layer_norm() normalizes the last dimensions only", () => {
  const input = new Tensor("float32", [0, 2, 4, 6, 5, 5, 5, 5], [2, 2, 2]);
  const [first, second] = layer_norm(input, [2, 2]).tolist();
  // √(20/4 + 1e-5) = 2.2360702
  const wanted = [-3, -1, 1, 3].map((x) => x / Math.sqrt(5 + 1e-5));
  assert(first.flat().every((x: number, i: number) => Math.abs(x - wanted[i]) < 1e-7));
  assertEquals(second, [[0, 0], [0, 0]]);
  assertEquals(layer_norm(input, [2], { eps: 0 }).tolist()[1], [[0, 0], [0, 0]]);
  for (const shape of [[], [4], [2, 2, 2, 2]]) {
    assertThrows(() => layer_norm(input, shape), RangeError, "wanted its last ones");
  }
  assertThrows(() => layer_norm(input, [2], { eps: -1 }), RangeError, "a number ≥ 0");
  assertThrows(() => layer_norm(input, [2], { epsilon: 1 } as object), TypeError, "epsilon");
});

Deno.test("std_mean() needs more values than its correction", () => {
  assertThrows(() => std_mean(floats([1])), RangeError, "of 1 values with correction 1");
  assertThrows(() => std_mean(floats([2]), null, NaN), RangeError, "correction NaN");
  const ids: Tensor = new Tensor("int64", [1, 2], [2]);
  assertThrows(() => std_mean(ids as Tensor<"float32">), TypeError, "float32");
});

Deno.test("quantize_embeddings() takes rows of whole bytes", () => {
  assertEquals(quantize_embeddings(floats([1, 8]), "ubinary").tolist(), [[127]]);
  assertThrows(() => quantize_embeddings(floats([8]), "binary"), RangeError, "shape [8]");
  assertThrows(() => quantize_embeddings(floats([1, 4]), "binary"), RangeError, "multiple of 8");
  const byte = "int8" as "binary";
  assertThrows(() => quantize_embeddings(floats([1, 8]), byte), RangeError, '"ubinary"');
});

Deno.test("rand() and randn() draw other numbers each time", () => {
  const [a, b] = [rand([50]), rand([50])];
  assert(a.data.every((x) => x > 0 && x < 1) && a.data.some((x, i) => x !== b.data[i]));
  const normal = randn([2000], new Random(3));
  // Five standard errors of the mean and of the variance of 2,000 normal numbers.
  const [std, mean] = std_mean(normal);
  assert(Math.abs(mean.item()) < 5 / Math.sqrt(2000));
  assert(Math.abs(std.item() ** 2 - 1) < 5 * Math.sqrt(2 / 2000));
});
