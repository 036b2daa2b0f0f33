import { assert, assertEquals, assertThrows } from "@std/assert";
import { type DeviceStorage, Tensor } from "../../tensor/tensor.ts";

const matrix = () => new Tensor("float32", [1, 2, 3, 4, 5, 6], [2, 3]);

/** A tensor whose values were not read. */
function unread(): Tensor<"float32"> {
  const storage: DeviceStorage = {
    read: () => Promise.resolve(new Float32Array([1, 2, 3, 4])),
    dispose: () => {},
  };
  return new Tensor("float32", storage, [2, 2]);
}

Deno.test("rows of a tensor share its values", () => {
  const tensor = matrix();
  tensor[1].data[0] = 9;
  assertEquals(tensor.tolist(), [[1, 2, 3], [9, 5, 6]]);
  assertEquals(tensor[-1].tolist(), [9, 5, 6]);
  assertEquals(tensor[1][0].item(), 9);
  assertEquals(tensor[1][0].dims, []);
  for (const row of tensor) assert(row instanceof Tensor && row.dims.length === 1);
  assertEquals([...tensor[0]], [1, 2, 3]);
  assertEquals([...new Tensor("int64", [], [0, 3])], []);
  assertEquals(new Tensor("int64", [], [2, 0])[1].dims, [0]);
});

Deno.test("rows outside a tensor are errors, other names are not", async () => {
  const tensor = matrix();
  for (const row of [2, -3]) {
    assertThrows(
      () => tensor[row],
      RangeError,
      `Cannot use ${row} as index of a tensor of shape [2,3]: wanted a whole number from -2 to 1`,
    );
  }
  assertThrows(() => tensor[0][0][0], RangeError, "index of a tensor of shape []");
  const names = tensor as unknown as Record<string, unknown>;
  for (const name of ["", "1.5", "length", "then"]) assertEquals(names[name], undefined);
  assertEquals((Tensor.prototype as Tensor)[0], undefined);
  assertEquals(`${tensor}`, "[object Object]");
  assertEquals(Object.keys(tensor), ["type", "dims", "size"]);
  assert(await Promise.resolve(tensor) === tensor);
});

const WIDE = { colors: false, breakLength: 200 };

Deno.test("console.log() prints the values that were read", () => {
  const shown = Deno.inspect(new Tensor("float32", [1, 2], [2]), WIDE);
  assertEquals(shown, '{ type: "float32", dims: [ 2 ], size: 2, data: Float32Array(2) [ 1, 2 ] }');
  assertEquals(
    Deno.inspect([unread()], WIDE),
    '[ { type: "float32", dims: [ 2, 2 ], size: 4 } ]',
  );
});

Deno.test("a tensor is made of plain numbers", () => {
  assertEquals(new Tensor("float32", [1, 0.5], [2]).data, new Float32Array([1, 0.5]));
  assertEquals(new Tensor("int64", [1, -2n], [2]).data, new BigInt64Array([1n, -2n]));
  assertEquals(new Tensor("int32", [true, -7n], [2]).data, new Int32Array([1, -7]));
  assertEquals(new Tensor("bool", [true, 0, 0.5], [3]).data, new Uint8Array([1, 0, 1]));
});

Deno.test("a tensor refuses plain values that its type cannot hold", () => {
  for (const value of [1.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(() => new Tensor("int32", [value], [1]), RangeError, `Cannot store ${value}`);
  }
  for (const value of [0.5, 2n ** 63n, 2 ** 64]) {
    assertThrows(() => new Tensor("int64", [value], [1]), RangeError, `Cannot store ${value}`);
  }
  for (const value of ["1", null, undefined, [1], {}]) {
    const values = [value] as unknown as number[];
    assertThrows(
      () => new Tensor("float32", values, [1]),
      TypeError,
      "in a tensor of type float32",
    );
    assertThrows(() => new Tensor("int64", values, [1]), TypeError, "Cannot store");
  }
  assertThrows(() => new Tensor("float32", [1, 2], [3]), RangeError, "from 2 values: wanted 3");
});

Deno.test("tolist() has the type that the caller expects", () => {
  const rows: number[][] = matrix().tolist();
  assertEquals(rows[1][2], 6);
  assertEquals(matrix().tolist<number[][]>()[0].length, 3);
});

Deno.test("views share values, copies do not", () => {
  const tensor = matrix();
  const views = [tensor.view(-1), tensor.unsqueeze(0).squeeze(0), tensor.unsqueeze(-1)];
  const copies = [tensor.clone(), tensor.flatten(), tensor.slice(), tensor.permute(0, 1)];
  tensor.data[0] = 7;
  assertEquals(views.map((view) => view.data[0]), [7, 7, 7]);
  assertEquals(copies.map((copy) => copy.data[0]), [1, 1, 1, 1]);
});

Deno.test("squeeze() and flatten() count from the end, too", () => {
  const tensor = new Tensor("float32", [1, 2], [1, 2, 1]);
  assertEquals(tensor.squeeze(-1).dims, [1, 2]);
  assertEquals(tensor.squeeze([0, -1]).dims, [2]);
  assertEquals(tensor.squeeze(1).dims, [1, 2, 1]);
  assertEquals(tensor.flatten(-2, -1).dims, [1, 2]);
  assertEquals(new Tensor("float32", [1], []).flatten().dims, [1]);
});

Deno.test("dimensions that a tensor does not have are errors", () => {
  const tensor = matrix();
  const calls = [
    () => tensor.squeeze(2),
    () => tensor.unsqueeze(3),
    () => tensor.flatten(2),
    () => tensor.sum(-3),
    () => tensor.mean(2),
    () => tensor.norm(2, 0.5),
    () => tensor.normalize(2, 2),
    () => tensor.permute(0, 2),
  ];
  for (const call of calls) {
    assertThrows(call, RangeError, "as dimension of a tensor of shape [2,3]: wanted");
  }
  assertThrows(() => tensor.flatten(1, 0), RangeError, "Cannot flatten [2,3]");
  for (const order of [[0], [0, 0], [1, -1]]) {
    assertThrows(() => tensor.transpose(...order), RangeError, "wanted each dimension once");
  }
  for (const dims of [[4], [-1, 4], [-1, -1], [1.5, 4], [-2, -3]]) {
    assertThrows(() => tensor.view(...dims), RangeError, "Cannot");
  }
});

Deno.test("slice() moves ends to the tensor's, but refuses other ranges", () => {
  const tensor = matrix();
  assertEquals(tensor.slice([-9, 9], [1, -1]).tolist(), [[2], [5]]);
  assertEquals(tensor.slice(null, [2, 2]).dims, [2, 0]);
  assertEquals(tensor.slice(-1, 0).tolist(), 4);
  assertThrows(() => tensor.slice(2), RangeError, "Cannot use 2 as index into 2 rows");
  assertThrows(() => tensor.slice([1, 0]), RangeError, "Cannot slice 2 rows by [1,0]");
  assertThrows(() => tensor.slice([0.5, 1]), RangeError, "Cannot slice 2 rows by [0.5,1]");
  assertThrows(() => tensor.slice(null, null, null), RangeError, "Cannot slice [2,3] by 3 ranges");
  for (const range of ["1", [1], [0, 1, 2], {}, true]) {
    assertThrows(() => tensor.slice(range as unknown as number), TypeError, "wanted an index");
  }
});

Deno.test("to() cuts fractions, but refuses what a type cannot hold", () => {
  const tensor = new Tensor("float32", [1.5, -1.5], [2]);
  assertEquals(tensor.to("int32").tolist(), [1, -1]);
  assertEquals(tensor.to("int64").tolist(), [1n, -2n]);
  assertEquals(tensor.to("bool").tolist(), [true, true]);
  assert(tensor.to("float32") === tensor);
  assertEquals(new Tensor("int64", [2n ** 62n], []).to("float32").item(), 2 ** 62);
  for (const value of [NaN, Infinity, 2 ** 31, -1e10]) {
    assertThrows(
      () => new Tensor("float32", [value], []).to("int32"),
      RangeError,
      `Cannot store ${value} in a tensor of type int32`,
    );
  }
  assertThrows(() => new Tensor("int64", [2n ** 31n], []).to("int32"), RangeError, "2147483648");
  const unknown = "uint16" as "int32";
  assertThrows(() => tensor.to(unknown), TypeError, "Cannot make a tensor of type uint16");
});

Deno.test("sums are exact in the type's range", () => {
  assertEquals(new Tensor("int64", [2n ** 62n, 1n], [2]).sum().item(), 2n ** 62n + 1n);
  assertEquals(new Tensor("int32", [3, -5], [2]).sum().item(), -2);
  assertThrows(() => new Tensor("int32", [2 ** 31 - 1, 1], [2]).sum(), RangeError, "2147483648");
  const [large, small] = [2 ** 24, 1];
  assertEquals(new Tensor("float32", [large, small, small], [3]).sum().item(), large + 2);
  assertEquals(new Tensor("float32", [], [0, 2]).sum(0).tolist(), [0, 0]);
});

Deno.test("a bool tensor sums to a count only after to()", () => {
  const tensor = new Tensor("bool", [1, 1, 0], [3]);
  assertThrows(() => tensor.sum(), TypeError, "Cannot take the sum of type bool");
  assertEquals(tensor.to("int32").sum().item(), 2);
});

Deno.test("mean() and norm() are of floats", () => {
  const ids = new Tensor("int64", [1, 2], [2]);
  assertThrows(() => ids.mean(), TypeError, 'to("float32")');
  assertThrows(() => ids.norm(), TypeError, 'to("float32")');
  assertThrows(() => ids.normalize(2, 0), TypeError, 'to("float32")');
  assertThrows(() => new Tensor("float32", [], [2, 0]).mean(1), RangeError, "no values");
});

Deno.test("norm() takes magnitudes and refuses exponents that are no norms", () => {
  assertEquals(new Tensor("float32", [3, -4], [2]).norm(1).item(), 7);
  assertEquals(new Tensor("float32", [-2], [1]).norm(3).item(), 2);
  for (const p of [0, -1, NaN, Infinity, "nuc"]) {
    assertThrows(() => matrix().norm(p as number), RangeError, "Cannot take norm");
  }
});

Deno.test("normalize() keeps rows of zeros", () => {
  const tensor = new Tensor("float32", [3, 4, 0, 0], [2, 2]);
  assertEquals(tensor.normalize().data, new Float32Array([0.6, 0.8, 0, 0]));
  assertEquals(tensor.tolist(), [[3, 4], [0, 0]]);
});

Deno.test("item() is for one value", () => {
  assertThrows(() => matrix().item(), RangeError, "Cannot take the item of 6 values: wanted one");
  assertThrows(() => new Tensor("float32", [], [0]).item(), RangeError, "of 0 values");
});

Deno.test("map() makes a tensor of the same type", () => {
  assertEquals(matrix().map((value, i) => value * i).tolist(), [[0, 2, 6], [12, 20, 30]]);
  assertThrows(() => new Tensor("int32", [1], [1]).map((value) => value / 2), RangeError, "0.5");
});

Deno.test("values that were not read have to be awaited, other dimensions have not", async () => {
  const tensor = unread();
  const calls = [
    () => tensor[0],
    () => [...tensor],
    () => tensor.slice(0),
    () => tensor.permute(1, 0),
    () => tensor.sum(),
    () => tensor.mean(0),
    () => tensor.normalize(),
    () => tensor.flatten(),
    () => tensor.to("int64"),
    () => tensor.clone(),
    () => tensor.map((value) => value),
  ];
  for (const call of calls) assertThrows(call, Error, "await getData() first");
  const view = tensor.view(-1).unsqueeze();
  assertEquals(view.dims, [1, 4]);
  assertThrows(() => view.data, Error, "await getData() first");
  await tensor.getData();
  assertEquals(tensor[1].tolist(), [3, 4]);
  assertThrows(() => view.sum(), Error, "await getData() first");
  await view.getData();
  assertEquals(view.sum().item(), 10);
});
