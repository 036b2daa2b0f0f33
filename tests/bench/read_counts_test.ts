import { assertEquals, assertThrows } from "@std/assert";
import { readCounts } from "../../bench/read_counts.ts";
import { UsageError } from "../../cli/arguments.ts";

Deno.test("readCounts() reads one number or several", () => {
  assertEquals(readCounts("--tokens", "512"), [512]);
  assertEquals(readCounts("--tokens", "512,64"), [512, 64]);
});

for (const given of ["", "0", "1,", "1.5", "-1", "1,many", "1e3", "1 2"]) {
  Deno.test(`readCounts() rejects "${given}"`, () => {
    assertThrows(() => readCounts("--tokens", given), UsageError, `Cannot use --tokens ${given}`);
  });
}
