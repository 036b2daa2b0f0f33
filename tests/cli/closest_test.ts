import { assertEquals } from "@std/assert";
import { closest } from "../../cli/closest.ts";

Deno.test("closest() finds the word with the fewest edits", () => {
  const words = ["--tokens", "--block-size", "--head", "--heads"];
  assertEquals(closest("--tokns", words), "--tokens");
  assertEquals(closest("--blocksize", words), "--block-size");
  assertEquals(closest("--heads", words), "--heads");
  assertEquals(closest("--haed", words), "--head");
});

Deno.test("closest() gives nothing where nothing is similar", () => {
  assertEquals(closest("--frobnicate", ["--tokens", "--head"]), undefined);
  assertEquals(closest("--tokens", []), undefined);
});
