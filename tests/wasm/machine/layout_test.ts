import { assertEquals } from "@std/assert";
import { float32Word, float64Words, OPERATIONS } from "../../../wasm/machine/commands.ts";

Deno.test("float32Word() has the bits of the nearest float32", () => {
  for (const value of [0, -0, 1, -1.5, 0.1, 1e-40, 3.4e38, Infinity, 1e-5]) {
    const [read] = new Float32Array(new Int32Array([float32Word(value)]).buffer);
    assertEquals(read, Math.fround(value));
  }
});

Deno.test("float64Words() has all bits, the lower word first", () => {
  for (const value of [0, -0, 1, 0.1, 10000, 500000.5, Math.PI, -1e300]) {
    const [read] = new Float64Array(new Int32Array(float64Words(value)).buffer);
    assertEquals(read, value);
  }
});

Deno.test("operations have the numbers that the kernels go by", async () => {
  const kernels = await Deno.readTextFile(
    new URL("../../../wasm/assembly/run.ts", import.meta.url),
  );
  const cases = [...kernels.matchAll(/case (\d+): return (\w+)\(/g)];
  const known = cases.map(([, number, name]) => [name, Number(number)]);
  assertEquals(Object.fromEntries(known), { ...OPERATIONS });
});
