import { assertEquals, assertThrows } from "@std/assert";
import { findByName } from "../../bench/find_by_name.ts";

Deno.test("findByName() finds an item, and lists the names if it does not", () => {
  const all = [{ name: "one", value: 1 }, { name: "two", value: 2 }];
  assertEquals(findByName(all, "two"), all[1]);
  assertThrows(() => findByName(all, "three"), RangeError, "three: wanted one of one, two");
});
