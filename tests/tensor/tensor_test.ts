import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type DeviceStorage,
  Tensor,
  type TensorArray,
  type TensorType,
} from "../../tensor/tensor.ts";

const floats = (...values: number[]) => new Float32Array(values);

/** Backend storage that counts its calls. */
class CountedStorage implements DeviceStorage {
  reads = 0;
  disposals = 0;
  constructor(readonly values: TensorArray) {}
  read(): Promise<TensorArray> {
    this.reads++;
    return Promise.resolve(this.values);
  }
  dispose(): void {
    this.disposals++;
  }
}

Deno.test("Tensor has the names of transformers.js", async () => {
  const data = floats(1, 2, 3, 4, 5, 6);
  const tensor = new Tensor("float32", data, [1, 2, 3]);
  assertEquals(tensor.type, "float32");
  assertEquals(tensor.dims, [1, 2, 3]);
  assertEquals(tensor.size, 6);
  assert(tensor.data === data);
  assert(await tensor.getData() === data);
  assertEquals(tensor.tolist(), [[[1, 2, 3], [4, 5, 6]]]);
});

Deno.test("Tensor.flat() is what flat() makes of tolist()", () => {
  const tensor = new Tensor("int32", new Int32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
  assertEquals(tensor.flat(), (tensor.tolist() as number[][]).flat());
  assertEquals(new Tensor("int64", new BigInt64Array([5n, -1n]), [1, 2]).flat(), [5n, -1n]);
});

Deno.test("Tensor.tolist() returns bigints for int64 and booleans for bool", () => {
  assertEquals(new Tensor("int32", new Int32Array([-1, 2]), [2]).tolist(), [-1, 2]);
  const wide = new Tensor("int64", new BigInt64Array([-(2n ** 63n), 5n]), [2, 1]);
  assertEquals(wide.tolist(), [[-(2n ** 63n)], [5n]]);
  assertEquals(new Tensor("bool", new Uint8Array([0, 1, 1]), [3]).tolist(), [false, true, true]);
});

Deno.test("Tensor supports no dimensions and dimensions of length 0", () => {
  assertEquals(new Tensor("float32", floats(7), []).tolist(), 7);
  assertEquals(new Tensor("float32", floats(), [0]).tolist(), []);
  assertEquals(new Tensor("float32", floats(), [2, 0, 3]).tolist(), [[], []]);
});

Deno.test("Tensor keeps its dimensions when the caller's array changes", () => {
  const dims = [2];
  const tensor = new Tensor("float32", floats(1, 2), dims);
  dims[0] = 9;
  assertEquals(tensor.dims, [2]);
  assertThrows(() => (tensor.dims as number[])[0] = 9, TypeError);
});

Deno.test("Tensor refuses unknown types, inherited names among them", () => {
  for (const type of ["float64", "toString", "__proto__", undefined]) {
    assertThrows(
      () => new Tensor(type as TensorType, floats(1), [1]),
      TypeError,
      `Cannot make a tensor of type ${type}: wanted one of float32, int32, int64, int8, uint8, bool`,
    );
  }
});

Deno.test("Tensor refuses data of another type", () => {
  const wrong: [TensorType, unknown, string][] = [
    ["float32", new Float64Array(1), "a float32 tensor from a Float64Array: wanted a Float32Array"],
    ["int32", floats(1), "an int32 tensor from a Float32Array: wanted a Int32Array"],
    ["int64", new Int32Array(1), "wanted a BigInt64Array"],
    ["bool", new Uint8ClampedArray(1), "wanted a Uint8Array"],
    ["float32", new DataView(new ArrayBuffer(4)), "wanted a Float32Array"],
    ["float32", 5, "a float32 tensor from 5: wanted a Float32Array"],
    ["float32", undefined, "a float32 tensor from undefined: wanted a Float32Array"],
    ["float32", {}, "wanted a Float32Array"],
  ];
  for (const [type, data, message] of wrong) {
    assertThrows(
      () => new Tensor(type, data as TensorArray, [1]),
      TypeError,
      message.replace("an int32", "a int32"),
    );
  }
});

Deno.test("Tensor refuses dimensions that are not whole numbers or do not fit", () => {
  for (const dims of [undefined, null, 1]) {
    const make = () => new Tensor("float32", floats(1), dims as unknown as number[]);
    assertThrows(make, TypeError, `Cannot make a tensor with dims ${dims}: wanted an array`);
  }
  for (const dims of [[-1], [1.5], [NaN], [2, Infinity]]) {
    assertThrows(
      () => new Tensor("float32", floats(1), dims),
      RangeError,
      `Cannot make a tensor of shape [${dims}]: wanted whole numbers ≥ 0`,
    );
  }
  assertThrows(
    () => new Tensor("float32", floats(1, 2, 3), [2, 2]),
    RangeError,
    "Cannot make a tensor of shape [2,2] from 3 values: wanted 4",
  );
});

Deno.test("Tensor.getData() reads a backend's values once", async () => {
  const storage = new CountedStorage(floats(1, 2));
  const tensor = new Tensor("float32", storage, [2]);
  assertThrows(() => tensor.data, Error, "await getData() first");
  assertThrows(() => tensor.tolist(), Error, "await getData() first");
  const [first, second] = [await tensor.getData(), await tensor.getData()];
  assert(first === second && first === tensor.data);
  assertEquals(storage.reads, 1);
  assertEquals(tensor.tolist(), [1, 2]);
});

Deno.test("Tensor.getData() reads once for concurrent calls", async () => {
  const storage = new CountedStorage(floats(1, 2));
  const tensor = new Tensor("float32", storage, [2]);
  const [first, second] = await Promise.all([tensor.getData(), tensor.getData()]);
  assert(first === second && first === tensor.data);
  assertEquals(storage.reads, 1);
});

Deno.test("Tensor.getData() retries after a failure", async () => {
  let lost = true;
  const storage: DeviceStorage = {
    read: () => lost ? Promise.reject(new Error("device lost")) : Promise.resolve(floats(1)),
    dispose: () => {},
  };
  const tensor = new Tensor("float32", storage, [1]);
  await assertRejects(() => tensor.getData(), Error, "device lost");
  lost = false;
  assertEquals(await tensor.getData(), floats(1));
});

Deno.test("Tensor.dispose() disposes of the storage and keeps values that were read", async () => {
  const storage = new CountedStorage(floats(3));
  const tensor = new Tensor("float32", storage, [1]);
  await tensor.getData();
  tensor.dispose();
  assertEquals(storage.disposals, 1);
  assertEquals(tensor.tolist(), [3]);
  assert(tensor.storage === storage);
});

Deno.test("using disposes of a tensor at the end of its block", () => {
  const storage = new CountedStorage(floats(3));
  {
    using tensor = new Tensor("float32", storage, [1]);
    assertEquals(tensor.size, 1);
    assertEquals(storage.disposals, 0);
  }
  assertEquals(storage.disposals, 1);
});

Deno.test("Tensor.dispose() does nothing to a tensor on the host", () => {
  const tensor = new Tensor("float32", floats(3), [1]);
  tensor.dispose();
  assertEquals(tensor.storage, undefined);
  assertEquals(tensor.tolist(), [3]);
});

Deno.test("Tensor.reshape() shares values and storage", async () => {
  const data = floats(1, 2, 3, 4);
  const flat = new Tensor("float32", data, [2, 2]).reshape([1, 4]);
  assert(flat.data === data);
  assertEquals(flat.tolist(), [[1, 2, 3, 4]]);

  const storage = new CountedStorage(data);
  const square = new Tensor("float32", storage, [4]).reshape([2, 2]);
  await square.getData();
  assertEquals(square.tolist(), [[1, 2], [3, 4]]);
  square.dispose();
  assertEquals(storage.disposals, 1);
});

Deno.test("Tensor.reshape() of values that were read after a change has them too", async () => {
  const tensor = new Tensor("float32", new CountedStorage(floats(1, 2)), [2]);
  tensor.markWritten();
  await tensor.getData();
  assertEquals(tensor.reshape([2, 1]).tolist(), [[1], [2]]);
});

Deno.test("Tensor.reshape() refuses another number of values", () => {
  const stored = new Tensor("float32", new CountedStorage(floats(1, 2)), [2]);
  const message = "Cannot reshape [2] to [3]: wanted 2 values";
  assertThrows(() => stored.reshape([3]), RangeError, message);
  assertThrows(
    () => new Tensor("float32", floats(1, 2), [2]).reshape([3]),
    RangeError,
    "shape [3]",
  );
});
