import { assertEquals, assertThrows } from "@std/assert";
import { parseSpecialTokens, withDefaults } from "../../tokenizer/special_tokens.ts";

Deno.test("parseSpecialTokens() reads both spellings, the config before the map", () => {
  assertEquals(
    parseSpecialTokens(
      { mask_token: { content: "<mask>", lstrip: true }, pad_token: null },
      {
        mask_token: "other",
        pad_token: "<pad>",
        cls_token: "<s>",
        additional_special_tokens: ["x"],
      },
    ),
    { mask_token: "<mask>", cls_token: "<s>", pad_token: undefined, additional: ["x"] },
  );
  assertEquals(parseSpecialTokens({}, {}), { additional: [] });
});

Deno.test("parseSpecialTokens() refuses other values and inherited ones", () => {
  assertThrows(() => parseSpecialTokens({ mask_token: 4 }, {}), TypeError, "mask_token");
  assertThrows(() => parseSpecialTokens({}, { pad_token: {} }), TypeError, "pad_token");
  const list = { additional_special_tokens: "x" };
  assertThrows(() => parseSpecialTokens(list, {}), TypeError, "additional_special_tokens");
  const polluted = Object.create({ mask_token: "<evil>" });
  assertEquals(parseSpecialTokens(polluted, {}).mask_token, undefined);
});

Deno.test("withDefaults() fills in defaults that the vocabulary has", () => {
  const named = parseSpecialTokens({ mask_token: "[M]", pad_token: null }, {});
  const defaults = { mask_token: "[MASK]", pad_token: "[PAD]", cls_token: "[CLS]", sep_token: "x" };
  assertEquals(
    withDefaults(named, defaults, (token) => ["[MASK]", "[PAD]", "[CLS]", "[M]"].includes(token)),
    {
      mask_token: "[M]",
      pad_token: undefined,
      cls_token: "[CLS]",
      additional: [],
    },
  );
});
