import { assertEquals, assertThrows } from "@std/assert";
import {
  readJsonDefaults,
  readSettings,
  readTokenTypes,
} from "../../tokenizer/tokenizer_config.ts";

Deno.test("readSettings() reads the length; Infinity if it is absent", () => {
  const lengthOf = (model_max_length?: unknown) => readSettings({ model_max_length }).maxLength;
  assertEquals(lengthOf(512), 512);
  assertEquals(lengthOf(1e30), 1e30);
  assertEquals(lengthOf(null), Infinity);
  assertEquals(lengthOf(), Infinity);
  assertThrows(() => lengthOf("512"), TypeError, 'model_max_length is "512"; wanted a number');
  assertThrows(() => lengthOf(0), TypeError, "model_max_length is 0");
});

Deno.test("readSettings() reads left or right; right if it is absent", () => {
  const { paddingSide, truncationSide } = readSettings({ padding_side: "left" });
  assertEquals([paddingSide, truncationSide], ["left", "right"]);
  for (const name of ["padding_side", "truncation_side"]) {
    assertThrows(() => readSettings({ [name]: "top" }), TypeError, `${name} is "top"; wanted left`);
  }
});

Deno.test("readJsonDefaults() reads sides and padding token of a tokenizer.json", () => {
  assertEquals(readJsonDefaults({ padding: null }, "x"), { sides: {}, specialTokens: {} });
  const padding = { strategy: "BatchLongest", direction: "Left", pad_id: 4, pad_token: "[P]" };
  const truncation = { direction: "Left", max_length: 2 };
  assertEquals(readJsonDefaults({ padding, truncation }, "x"), {
    sides: { padding_side: "left", truncation_side: "left" },
    specialTokens: { pad_token: "[P]" },
  });
  for (const wrong of [5, { direction: "Up" }, { pad_token: 1 }]) {
    assertThrows(() => readJsonDefaults({ padding: wrong }, "x"), TypeError, "padding of x");
  }
});

Deno.test("readTokenTypes() searches model_input_names; undefined if they are absent", () => {
  assertEquals(readTokenTypes({ model_input_names: ["input_ids", "token_type_ids"] }), true);
  assertEquals(readTokenTypes({ model_input_names: ["input_ids"] }), false);
  assertEquals(readTokenTypes({ model_input_names: "token_type_ids" }), undefined);
  assertEquals(readTokenTypes({}), undefined);
});
