import { ALL_READERS } from "../../../tokenizer/all_readers.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { readNormalizer } from "../../../tokenizer/normalizers/read_normalizer.ts";
import { replaceAligned } from "../../../tokenizer/normalizers/replace.ts";
import { spellRanges } from "../spell_ranges.ts";

Deno.test("replaceAligned() aligns the content with the last character of the match", () => {
  assertEquals(spellRanges(replaceAligned(new AlignedText("a  😀b"), / +😀/gu, "xy")), {
    text: "axyb",
    starts: [0, 3, 3, 5],
    ends: [1, 5, 5, 6],
  });
});

Deno.test("replaceAligned() keeps a text without a match, and can empty one that matches", () => {
  const kept = replaceAligned(new AlignedText("ab"), /x/g, "y");
  assertEquals(spellRanges(kept), { text: "ab", starts: [0, 1], ends: [1, 2] });
  assertEquals(replaceAligned(new AlignedText("aa"), /a/g, "").text, "");
});

Deno.test("replaceAligned() inserts the content at an empty match", () => {
  assertEquals(spellRanges(replaceAligned(new AlignedText("ab"), /^/g, "x")), {
    text: "xab",
    starts: [0, 0, 1],
    ends: [0, 1, 2],
  });
  assertEquals(replaceAligned(new AlignedText("ab"), /b*/g, "x").text, "xax");
});

Deno.test("a normalizer that multiplies the text is refused before it fills the memory", () => {
  const replace = (content: string) => ({ type: "Replace", pattern: { String: "a" }, content });
  const normalize = (normalizers: object[], text: string) =>
    readNormalizer({ type: "Sequence", normalizers }, "normalizer of x", ALL_READERS)(
      new AlignedText(text),
    ).text;
  assertEquals(normalize(new Array(6).fill(replace("aa")), "a").length, 64);
  assertEquals(normalize([replace("b".repeat(80))], "a".repeat(1000)).length, 80_000);
  const doubling = new Array(24).fill(replace("aa"));
  const long = replace("b".repeat(5000));
  const prepending = new Array(30).fill({ type: "Prepend", prepend: "b".repeat(90) });
  for (const [steps, text] of [[doubling, "aaaa"], [[long], "a".repeat(1000)], [prepending, "a"]]) {
    const error = assertThrows(
      () => normalize(steps as object[], text as string),
      RangeError,
      "Cannot normalize",
    );
    assert(error.message.length < 200);
  }
});
