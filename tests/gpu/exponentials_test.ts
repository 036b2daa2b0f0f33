import { assertEquals } from "@std/assert";
import { exponentials, headsAtOnce } from "../../gpu/exponentials.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { testOnGpu } from "./backends.ts";

/** The exponent of masked values in the kernels. */
const NOTHING = -3.4e38;

testOnGpu(
  "exponentials() takes each group's largest value out, in rows and in columns",
  async () => {
    const machine = await Machine.open({});
    const run = async (values: number[], groups: { values: number; columns: number }) => {
      const x = new GpuStorage(machine, "float32", [values.length], new Float32Array(values));
      const tops = machine.allocate(4 * values.length, false);
      machine.record(...exponentials(x.buffer, tops, values.length, groups));
      return [...await x.read()];
    };
    // Differences of 0 and of so much that nothing is left: no rounding.
    const values = [1e5, 1, 0, 2e5, 1, -1e5];
    assertEquals(await run(values, { values: 3, columns: 1 }), [1, 0, 0, 1, 0, 0]);
    assertEquals(await run(values, { values: 6, columns: 3 }), [0, 1, 1, 1, 1, 0]);
    assertEquals(await run(values, { values: 6, columns: 1 }), [0, 0, 0, 1, 0, 0]);
    const some = [NOTHING, NOTHING, NOTHING, -1e30];
    assertEquals(await run(some, { values: 2, columns: 1 }), [0, 0, 0, 1]);
    const low = [-Infinity, NOTHING, -Infinity, 0];
    assertEquals(await run(low, { values: 2, columns: 1 }), [NaN, 0, 0, 1]);
    assertEquals(await run([], { values: 0, columns: 1 }), []);
    const many = Array.from({ length: 1000 }, (_, i) => i === 999 ? 1e4 : 0);
    assertEquals(await run(many, { values: 1000, columns: 1 }), many.map((x) => x / 1e4));
    machine.dispose();
  },
);

Deno.test("headsAtOnce() takes as many heads as 32 MiB hold, one at least", () => {
  assertEquals(headsAtOnce(12, 4096 * 64), 12);
  assertEquals(headsAtOnce(12, 4096 * 266), 7);
  assertEquals(headsAtOnce(12, 2 ** 24), 1);
  assertEquals([headsAtOnce(0, 64), headsAtOnce(12, 0)], [0, 12]);
});
