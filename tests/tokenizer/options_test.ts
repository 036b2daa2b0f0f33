import { assertEquals, assertThrows } from "@std/assert";
import { resolveOptions, type TokenizerOptions } from "../../tokenizer/options.ts";

Deno.test("resolveOptions() fills in defaults", () => {
  assertEquals(resolveOptions({}, 512), {
    addSpecialTokens: true,
    strategy: undefined,
    maxLength: 512,
    padding: false,
    multiple: 1,
    stride: 0,
    overflow: false,
  });
});

Deno.test("resolveOptions() truncates by max_length alone, unless rows are padded", () => {
  assertEquals(resolveOptions({ max_length: 5 }, 512).strategy, "longest_first");
  assertEquals(resolveOptions({ max_length: 5, truncation: null }, 512).strategy, "longest_first");
  assertEquals(resolveOptions({ max_length: 5, truncation: false }, 512).strategy, undefined);
  assertEquals(resolveOptions({ max_length: 5, padding: true }, 512).strategy, undefined);
  assertEquals(resolveOptions({ truncation: "only_second" }, 512).strategy, "only_second");
});

Deno.test("resolveOptions() refuses unknown options and wrong types with a TypeError", () => {
  for (
    const options of [
      null,
      5,
      { maxLength: 5 },
      { return_tensors: "pt" },
      { add_special_tokens: {} },
      { max_length: [] },
      { padding: [] },
      { return_tensor: [] },
      { return_tensor: "pt" },
      { max_length: "12" },
      { max_length: 12n },
    ]
  ) {
    const wrong = options as unknown as TokenizerOptions;
    assertThrows(() => resolveOptions(wrong, 512), TypeError, "Cannot tokenize with");
  }
});

Deno.test("resolveOptions() refuses values out of bounds with a RangeError that names them", () => {
  const cases: [string, unknown][] = [
    ["max_length", 0],
    ["max_length", 1.5],
    ["max_length", NaN],
    ["stride", -1],
    ["pad_to_multiple_of", 0],
    ["padding", "longest"],
    ["truncation", "do_not_truncate"],
  ];
  for (const [name, value] of cases) {
    assertThrows(() => resolveOptions({ [name]: value }, 512), RangeError, name);
  }
});

Deno.test("resolveOptions() requires a length to truncate or pad to", () => {
  for (const length of [Infinity, 1e30]) {
    assertThrows(() => resolveOptions({ truncation: true }, length), RangeError, "max_length");
    assertThrows(() => resolveOptions({ padding: "max_length" }, length), RangeError, "max_length");
    assertEquals(resolveOptions({ truncation: true, max_length: 9 }, length).maxLength, 9);
  }
});

Deno.test("resolveOptions() refuses to pad beyond the length that it truncates to", () => {
  const options = { truncation: true, padding: true, max_length: 10, pad_to_multiple_of: 4 };
  assertThrows(() => resolveOptions(options, 512), RangeError, "multiple");
  assertEquals(resolveOptions({ ...options, max_length: 12 }, 512).multiple, 4);
});
