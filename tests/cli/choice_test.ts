import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { chooseOne, requireCount } from "../../cli/choice.ts";

Deno.test("chooseOne() accepts only known names", () => {
  assertEquals(chooseOne("pooling", "cls", ["mean", "cls"]), "cls");
  for (const given of ["max", "", "toString"]) {
    const message = `Unknown pooling "${given}": wanted one of mean, cls`;
    assertThrows(() => chooseOne("pooling", given, ["mean", "cls"]), UsageError, message);
  }
});

Deno.test("requireCount() accepts undefined and whole numbers from the smallest", () => {
  assertEquals(requireCount("--top-k", 3, 1), 3);
  assertEquals(requireCount("--doc-stride", 0, 0), 0);
  assertEquals(requireCount("--top-k", undefined, 1), undefined);
  for (const given of [0, -1, 1.5, Infinity, 2 ** 53]) {
    assertThrows(() => requireCount("--top-k", given, 1), UsageError, `--top-k ${given}`);
  }
});
