import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../tokenizer/json_part.ts";

const part = new JsonPart(
  { text: "a", yes: true, four: 4, list: [1], none: null, half: "\uD83D" },
  "decoder of some.json",
);

Deno.test("JsonPart reads settings, null as absent", () => {
  assertEquals(part.get("none"), undefined);
  assertEquals(part.get("toString"), undefined);
  assertEquals([part.string("text"), part.string("none", "b")], ["a", "b"]);
  assertEquals([part.boolean("yes", false), part.boolean("none", false)], [true, false]);
  assertEquals([part.count("four", 1), part.count("none", 1)], [4, 1]);
  assertEquals([part.oneOf("text", ["a", "b"]), part.oneOf("none", ["a", "b"], "b")], ["a", "b"]);
  assertEquals(part.list("list"), [1]);
});

Deno.test("JsonPart refuses other values and names the setting and the part", () => {
  const message = (key: string) => `Cannot read decoder of some.json: ${key} is`;
  assertThrows(() => part.string("four"), TypeError, message("four"));
  assertThrows(() => part.string("none"), TypeError, message("none"));
  assertThrows(() => part.string("half"), TypeError, message("half"));
  assertThrows(() => part.boolean("text", true), TypeError, message("text"));
  assertThrows(() => part.count("text", 1), TypeError, message("text"));
  assertThrows(() => new JsonPart({ n: -1 }, "x").count("n", 1), TypeError, "n is -1");
  assertThrows(() => part.oneOf("text", ["b"]), TypeError, message("text"));
  assertThrows(() => part.list("text"), TypeError, message("text"));
  assertThrows(() => new JsonPart([], "decoder of x"), TypeError, "decoder of x: wanted an object");
});
