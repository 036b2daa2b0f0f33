import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { openBackend, Tensor, type TensorType } from "../../mod.ts";

const floats = (...values: number[]) => new Tensor("float32", values, [values.length]);
const ids = (...values: number[]) => new Tensor("int64", values, [values.length]);

Deno.test("arithmetic leaves the tensor as it is; in place it changes it and its rows", () => {
  const tensor = new Tensor("float32", [1, 2, 3, 4], [2, 2]);
  assertEquals(tensor.mul(2).add(1).sub(3).div(4).tolist(), [[0, 0.5], [1, 1.5]]);
  assertEquals(tensor.tolist(), [[1, 2], [3, 4]]);
  const row = tensor[1];
  assertStrictEquals(tensor.mul_(2), tensor);
  assertEquals(row.tolist(), [6, 8]);
  row.neg_();
  assertEquals(tensor.tolist(), [[2, 4], [-6, -8]]);
  assertEquals(tensor.map_((x, i) => x + i).tolist(), [[2, 5], [-4, -5]]);
});

Deno.test("arithmetic of integers is exact, or an error that changes nothing", () => {
  assertEquals(ids(2 ** 53 - 1).add(2).data, new BigInt64Array([2n ** 53n + 1n]));
  assertEquals(ids(7, -7).remainder(4n).data, new BigInt64Array([3n, 1n]));
  const large = new Tensor("int32", [1, 2 ** 31 - 1], [2]);
  assertThrows(() => large.add_(1), RangeError, "Cannot store 2147483648");
  assertThrows(() => large.mul_(0.3), RangeError, "Cannot store 0.3");
  assertEquals(large.tolist(), [1, 2 ** 31 - 1]);
  assertThrows(() => new Tensor("int8", [100], [1]).add(28), RangeError, "Cannot store 128");
  assertThrows(() => new Tensor("uint8", [1], [1]).sub(2), RangeError, "Cannot store -1");
  assertThrows(() => ids(1).mul(0.5), RangeError, "with 0.5: wanted a whole number");
});

Deno.test("arithmetic refuses what is not a finite number, and division by 0", () => {
  const tensor = floats(1);
  for (const wrong of [tensor, "2", undefined, null, [2]]) {
    assertThrows(() => tensor.add(wrong as unknown as number), TypeError, "wanted a number");
  }
  for (const wrong of [NaN, Infinity]) {
    assertThrows(() => tensor.mul(wrong), RangeError, `with ${wrong}: wanted a finite number`);
  }
  assertThrows(() => tensor.div(0), RangeError, "Cannot divide by 0");
  assertThrows(() => ids(1).remainder(0), RangeError, "Cannot divide by 0");
  assertThrows(() => ids(4).div(2), TypeError, 'wanted float32, to which to("float32") converts');
  assertThrows(() => ids(4).sigmoid(), TypeError, "Cannot take the sigmoid of type int64");
  const mask = new Tensor("bool", [1], [1]);
  assertThrows(() => mask.add(1), TypeError, "values of type bool");
  assertThrows(() => mask.neg(), TypeError, 'to("int32")');
  assertThrows(() => tensor.clamp(2, 1), RangeError, "Cannot clamp from 2 to 1");
  assertThrows(() => tensor.clamp(NaN, 1), RangeError, "wanted a range");
});

Deno.test("clamp() of integers needs bounds of their type only where they are used", () => {
  assertEquals(ids(-3, 5).clamp(0, Infinity).data, new BigInt64Array([0n, 5n]));
  assertEquals(new Tensor("int32", [1], [1]).clamp(0.5, 2).tolist(), [1]);
  assertThrows(() => new Tensor("int32", [0], [1]).clamp(0.5, 2), RangeError, "Cannot store 0.5");
});

Deno.test("comparisons and round() take every type", () => {
  assertEquals(ids(1, 2, 3).gt(1.5).tolist(), [false, true, true]);
  assertEquals(floats(1, NaN).lt(2).tolist(), [true, false]);
  assertEquals(ids(3).round().tolist(), [3n]);
  assertEquals(floats(-2.5, 2.5).round().tolist(), [-2, 3]);
});

Deno.test("changing an output in place releases what the backend holds", async () => {
  const backend = await openBackend("cpu");
  const made = backend.floats(new Float32Array([1, 2]), [2]);
  const sum = backend.add(made, made);
  const view = sum.reshape([2, 1]);
  await sum.getData();
  const before = backend.memory().tensors;
  assertEquals(sum.mul_(10).tolist(), [20, 40]);
  assertEquals(backend.memory().tensors, before - 1);
  assertStrictEquals(await sum.getData(), sum.data);
  assertStrictEquals(sum.storage, undefined);
  assertThrows(() => view.data, Error, "getData()");
  backend.dispose();
});

Deno.test("dimensions change in place, of unread tensors too", () => {
  const storage = { read: () => Promise.reject(), dispose: () => {} };
  const tensor: Tensor<TensorType> = new Tensor("float32", storage, [1, 2, 1]);
  assertStrictEquals(tensor.squeeze_(0), tensor);
  assertEquals(tensor.dims, [2, 1]);
  assertEquals(tensor.unsqueeze_(-1).dims, [2, 1, 1]);
  assertEquals(tensor.flatten_().dims, [2]);
  assert(Object.isFrozen(tensor.dims));
  assertThrows(() => tensor.flatten_(1), RangeError, "as dimension");
  assertThrows(() => tensor.mul_(2), Error, "getData()");
});

Deno.test("extremes are found along any dimension, in any type", () => {
  const tensor = new Tensor("int64", [3, 9, 9, -1, 4, 0], [2, 3]);
  assertEquals(tensor.max(1).data, new BigInt64Array([9n, 4n]));
  assertEquals(tensor.argmax(1, true).tolist(), [[1n], [1n]]);
  assertEquals(tensor.argmin(0).tolist(), [1n, 1n, 1n]);
  assertEquals(tensor.min().item(), -1n);
  assertEquals(tensor.argmin().item(), 3n);
  assertThrows(() => floats(1, NaN).max(), RangeError, "of which one is NaN");
  assertThrows(() => floats().min(), RangeError, "Cannot compare no values");
  assertThrows(() => tensor.max(2), RangeError, "as dimension");
});

Deno.test("repeat() and tile() refuse what is not a count", () => {
  assertEquals(ids(1, 2).repeat(2, 2).tolist(), [[1n, 2n, 1n, 2n], [1n, 2n, 1n, 2n]]);
  assertEquals(ids(1, 2).repeat(0).dims, [0]);
  for (const wrong of [[], [-1], [1.5]]) {
    assertThrows(() => ids(1, 2).repeat(...wrong), RangeError, "wanted a whole number");
  }
});
