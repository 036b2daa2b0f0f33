import { assertEquals, assertThrows } from "@std/assert";
import { choose } from "../../bench/choose.ts";
import { UsageError } from "../../cli/arguments.ts";

const ALL = [{ name: "linear" }, { name: "encoder-512" }, { name: "encoder-4096" }];

Deno.test("choose() selects everything by default", () => {
  assertEquals(choose(ALL), ALL);
});

Deno.test("choose() selects by prefix, in the original order", () => {
  assertEquals(choose(ALL, "encoder-4,lin"), [ALL[0], ALL[2]]);
});

Deno.test("choose() selects only the item of a full name, even if it is a prefix of others", () => {
  const [one, both] = [{ name: "Longformer" }, { name: "Longformer + 1 global" }];
  assertEquals(choose([both, one], "Longformer"), [one]);
  assertEquals(choose([both, one], "Longformer,L"), [both, one]);
});

Deno.test("choose() rejects a prefix of no name", () => {
  assertThrows(() => choose(ALL, "encoder,coder"), UsageError, "--only coder: no name");
});
