import { assertEquals } from "@std/assert";
import { choose } from "../../bench/choose.ts";

const ALL = [{ name: "linear" }, { name: "encoder-512" }, { name: "encoder-4096" }];

Deno.test("choose takes all if nothing is said", () => {
  assertEquals(choose(ALL), { chosen: ALL, unknown: [] });
});

Deno.test("choose goes by beginnings, in the order of all", () => {
  assertEquals(choose(ALL, "encoder-4,lin").chosen, [ALL[0], ALL[2]]);
});

Deno.test("choose names what begins no name", () => {
  assertEquals(choose(ALL, "encoder,coder"), { chosen: ALL.slice(1), unknown: ["coder"] });
});
