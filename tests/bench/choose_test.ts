import { assertEquals, assertThrows } from "@std/assert";
import { choose } from "../../bench/choose.ts";
import { UsageError } from "../../cli/arguments.ts";

const ALL = [{ name: "linear" }, { name: "encoder-512" }, { name: "encoder-4096" }];

Deno.test("choose takes all if nothing is said", () => {
  assertEquals(choose(ALL), ALL);
});

Deno.test("choose goes by beginnings, in the order of all", () => {
  assertEquals(choose(ALL, "encoder-4,lin"), [ALL[0], ALL[2]]);
});

Deno.test("choose takes a full name alone, though others begin with it", () => {
  const [one, both] = [{ name: "Longformer" }, { name: "Longformer + 1 global" }];
  assertEquals(choose([both, one], "Longformer"), [one]);
  assertEquals(choose([both, one], "Longformer,L"), [both, one]);
});

Deno.test("choose refuses what begins no name", () => {
  assertThrows(() => choose(ALL, "encoder,coder"), UsageError, "--only coder: no name");
});
