import { ALL_READERS } from "../../../tokenizer/all_readers.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { readNormalizer } from "../../../tokenizer/normalizers/read_normalizer.ts";
import { readJson } from "../goldens.ts";
import { spellRanges } from "../spell_ranges.ts";

const normalize = (text: string, part: unknown) =>
  spellRanges(readNormalizer(part, "normalizer of x", ALL_READERS)(new AlignedText(text)));

Deno.test("readNormalizer() runs a sequence in order; null is the identity", () => {
  const steps = [{ type: "Lowercase" }, {
    type: "Replace",
    pattern: { String: "a" },
    content: "B",
  }];
  assertEquals(normalize("Ab", { type: "Sequence", normalizers: steps }).text, "Bb");
  assertEquals(normalize("Ab", null), { text: "Ab", starts: [0, 1], ends: [1, 2] });
});

Deno.test("readNormalizer() strips Unicode's white space on the given sides", () => {
  const sides = (strip_left: boolean, strip_right: boolean) =>
    normalize("\u0085 \uFEFFa ", { type: "Strip", strip_left, strip_right });
  assertEquals(sides(true, true), { text: "\uFEFFa", starts: [2, 3], ends: [3, 4] });
  assertEquals(sides(false, true).text, "\u0085 \uFEFFa");
  assertEquals(sides(true, false).text, "\uFEFFa ");
  assertEquals(normalize("  ", { type: "Strip", strip_left: true, strip_right: true }).text, "");
});

Deno.test("readNormalizer() does not prepend to an empty text", () => {
  const part = { type: "Prepend", prepend: "▁" };
  assertEquals([normalize("a", part).text, normalize("", part).text], ["▁a", ""]);
});

Deno.test("readNormalizer() refuses other types, at any depth", () => {
  const other = {
    type: "Sequence",
    normalizers: [{ type: "Sequence", normalizers: [{ type: "Other" }] }],
  };
  assertThrows(() => readNormalizer(other, "normalizer of x", ALL_READERS), TypeError, '"Other"');
  assertThrows(
    () => readNormalizer({ type: "Sequence" }, "normalizer of x", ALL_READERS),
    TypeError,
    "normalizers",
  );
});

Deno.test("readNormalizer() cleans as Python's Nmt", async () => {
  const { nmt }: { nmt: [string, string][] } = await readJson("expressions.json");
  assert(nmt.length > 150);
  for (const [text, wanted] of nmt) {
    assertEquals(normalize(text, { type: "Nmt" }).text, wanted, JSON.stringify(text));
  }
  assertEquals(normalize("a\x01\u200bb", { type: "Nmt" }).starts, [0, 2, 3]);
});
