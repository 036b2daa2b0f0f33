import { assertEquals, assertThrows } from "@std/assert";
import { makePlan } from "../../../bench/passkey/plan.ts";
import { UsageError } from "../../../cli/arguments.ts";

const names = (choices: object) =>
  makePlan({ quick: false, ...choices }, 256, {}).variants.map(({ name }) => name);

Deno.test("makePlan() measures 1 to 8 times the trained length, with three windows", () => {
  const plan = makePlan({ quick: false }, 256, {});
  assertEquals(plan.lengths, [256, 384, 512, 1024, 2048]);
  assertEquals([plan.depths, plan.samples, plan.books], [10, 4, 0]);
  assertEquals(names({}), ["full", "linear", "w 32", "w 64", "w 128"]);
});

Deno.test("makePlan() divides positions so that none lies across a multiple of the trained length", () => {
  const stepOf = (lengths: string, trained: number) =>
    makePlan({ quick: false, lengths }, trained, {}).bitStep;
  assertEquals(stepOf("2048", 256), 64);
  assertEquals(stepOf("300", 256), 8); // of 10 at most
  assertEquals(stepOf("1000", 257), 1);
});

Deno.test("makePlan() is short with --quick", () => {
  const plan = makePlan({ quick: true }, 256, {});
  assertEquals(plan.lengths, [256, 512, 1024]);
  assertEquals(plan.variants.map(({ name }) => name), ["full", "w 64"]);
  assertEquals(plan.claimed.name, "w 64");
});

Deno.test("makePlan() combines groups and windows that are given", () => {
  assertEquals(names({ group_size: "4,8" }), ["full", "linear", "w 64, G 4", "w 64, G 8"]);
  assertEquals(names({ window_size: "16" }), ["full", "linear", "w 16"]);
  // Nothing is divided where no text is too long.
  assertEquals(names({ window_size: "16", lengths: "256,64" }), ["full", "w 16"]);
  assertEquals(names({ group_size: "2,3", window_size: "9,8" }).slice(2), [
    "w 9, G 2",
    "w 9, G 3",
    "w 8, G 2",
    "w 8, G 3",
  ]);
});

Deno.test("makePlan() refuses what are not lists of different counts", () => {
  for (const name of ["lengths", "group_size", "window_size"]) {
    for (const value of ["", "x", "0", "1.5", "4,", "4,4"]) {
      assertThrows(() => names({ [name]: value }), UsageError, `--${name.replace("_", "-")}`);
    }
  }
  for (const name of ["depths", "samples", "books"]) {
    assertThrows(() => names({ [name]: -1 }), UsageError, `--${name}`);
  }
});
