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

Deno.test("parseSpecialTokens() reads the additional tokens of both files, old and new", () => {
  const additional = (config: object, map: object = {}) =>
    parseSpecialTokens({ ...config }, { ...map }).additional;
  assertEquals(
    additional({ additional_special_tokens: ["a", "b"] }, {
      additional_special_tokens: ["b", { content: "c" }],
    }),
    ["a", "b", "c"],
  );
  assertEquals(additional({ extra_special_tokens: ["a"] }), ["a"]);
  assertEquals(additional({ extra_special_tokens: { image_token: "<image>" } }), ["<image>"]);
  assertEquals(additional({ additional_special_tokens: null }), []);
  assertThrows(() => additional({ extra_special_tokens: "x" }), TypeError, "extra_special_tokens");
});

Deno.test("withDefaults() fills in the tokens of the class", () => {
  const named = parseSpecialTokens({ mask_token: "[M]", pad_token: null }, {});
  const specialTokens = { mask_token: "[MASK]", pad_token: "[PAD]", cls_token: "[CLS]" };
  const wanted = { mask_token: "[M]", pad_token: undefined, cls_token: "[CLS]", additional: [] };
  assertEquals(withDefaults(named, { specialTokens }), wanted);
  const additional = (tokens: string[]) => ["x", ...tokens];
  assertEquals(withDefaults(named, { specialTokens, additional }).additional, ["x"]);
  assertEquals(withDefaults(named, undefined), named);
});
