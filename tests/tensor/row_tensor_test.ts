import { assertEquals, assertThrows } from "@std/assert";
import { RowTensor } from "../../tensor/row_tensor.ts";

Deno.test("rows of a RowTensor share its values", () => {
  const tensor = new RowTensor("float32", new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
  tensor[1].data[0] = 9;
  assertEquals(tensor.tolist(), [[1, 2, 3], [9, 5, 6]]);
  assertEquals([...tensor].map((row) => row.tolist()), [[1, 2, 3], [9, 5, 6]]);
  assertEquals(tensor[2], undefined);
});

Deno.test("a RowTensor without rows, and one without columns", () => {
  assertEquals([...new RowTensor("int64", new BigInt64Array(), [0, 3])], []);
  assertEquals(new RowTensor("int64", new BigInt64Array(), [2, 0])[1].dims, [0]);
});

Deno.test("a RowTensor refuses dims that do not fit", () => {
  assertThrows(() => new RowTensor("int64", new BigInt64Array(3), [2, 2]), RangeError, "wanted 4");
});
