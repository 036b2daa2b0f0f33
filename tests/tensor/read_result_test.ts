import { assertEquals, assertRejects } from "@std/assert";
import { readResult } from "../../tensor/read_result.ts";
import { Tensor } from "../../tensor/tensor.ts";

const read = (values: Float32Array) => readResult(new Tensor("float32", values, [values.length]));

Deno.test("readResult() returns finite values of any magnitude", async () => {
  const values = Float32Array.of(3.4e38, -3.4e38, 1e-45, -0, 0, 1, 3.4e38);
  assertEquals(await read(values), values);
  assertEquals(await read(new Float32Array(0)), new Float32Array(0));
});

Deno.test("readResult() names the first value that is not finite, wherever it is", async () => {
  for (let length = 1; length < 10; length++) {
    for (let position = 0; position < length; position++) {
      for (const value of [NaN, Infinity, -Infinity]) {
        const values = new Float32Array(length).fill(2);
        values[position] = value;
        values[length - 1] = value;
        const message =
          `Cannot use ${value} at position ${position} of a result of shape [${length}]`;
        await assertRejects(() => read(values), RangeError, message);
      }
    }
  }
});
