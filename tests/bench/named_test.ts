import { assertEquals, assertThrows } from "@std/assert";
import { named } from "../../bench/named.ts";

Deno.test("named() finds a thing, and names those that there are", () => {
  const all = [{ name: "one", value: 1 }, { name: "two", value: 2 }];
  assertEquals(named(all, "two"), all[1]);
  assertThrows(() => named(all, "three"), RangeError, "three: wanted one of one, two");
});
