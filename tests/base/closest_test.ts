import { assertEquals } from "@std/assert";
import { findClosest } from "../../base/closest.ts";

Deno.test("findClosest() finds the word with the fewest edits", () => {
  const words = ["--tokens", "--block-size", "--head", "--heads"];
  assertEquals(findClosest("--tokns", words), "--tokens");
  assertEquals(findClosest("--blocksize", words), "--block-size");
  assertEquals(findClosest("--heads", words), "--heads");
  assertEquals(findClosest("--haed", words), "--head");
});

Deno.test("findClosest() returns undefined if no word is similar", () => {
  assertEquals(findClosest("--frobnicate", ["--tokens", "--head"]), undefined);
  assertEquals(findClosest("--tokens", []), undefined);
});
