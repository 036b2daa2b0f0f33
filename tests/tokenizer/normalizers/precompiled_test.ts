import { assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readPrecompiled } from "../../../tokenizer/normalizers/precompiled.ts";
import { readJson } from "../goldens.ts";
import { spellRanges } from "../spell_ranges.ts";

const { normalizer } = await readJson("xlm_roberta/tokenizer.json");
const table = normalizer.normalizers[0];
const normalize = readPrecompiled(new JsonPart(table, "normalizer of x"));
const textOf = (text: string) => normalize(new AlignedText(text)).text;

Deno.test("readPrecompiled() applies sentencepiece's nmt_nfkc", () => {
  assertEquals(textOf("ＡＢ①ﬁ㌔"), "AB1fiキロ");
  assertEquals(textOf("a\tb\u00A0c\u200Bd"), "a b c d");
  // A cluster of more than five bytes is looked up character by character.
  assertEquals(textOf("e\u0301 \u1100\u1161"), "\u00E9 \u1100\u1161");
  assertEquals(textOf("x\u0001y"), "xy");
});

Deno.test("readPrecompiled() replaces a cluster by the rule of its shortest prefix, as Python does", () => {
  assertEquals(textOf("a\r\nb"), "a b");
});

Deno.test("readPrecompiled() aligns longer and shorter replacements", () => {
  const { text, starts, ends } = spellRanges(normalize(new AlignedText("ﬁx")));
  assertEquals([text, starts, ends], ["fix", [0, 0, 1], [1, 1, 2]]);
  assertEquals(spellRanges(normalize(new AlignedText("e\u0301x"))).starts, [0, 2]);
});

Deno.test("readPrecompiled() refuses malformed tables", () => {
  const whole = table.precompiled_charsmap as string;
  for (const precompiled_charsmap of [undefined, "", "%", "AAAA", whole.slice(0, 4000), 5]) {
    const part = new JsonPart({ precompiled_charsmap }, "normalizer of x");
    assertThrows(() => readPrecompiled(part), TypeError, "precompiled_charsmap");
  }
});

Deno.test("readPrecompiled() does not read beyond a damaged trie", () => {
  // One unit with children beyond the end, and no texts.
  const bytes = new Uint8Array([4, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]);
  const precompiled_charsmap = btoa(String.fromCharCode(...bytes));
  const damaged = readPrecompiled(new JsonPart({ precompiled_charsmap }, "x"));
  assertEquals(damaged(new AlignedText("ab")).text, "ab");
});

Deno.test("readPrecompiled() gives the same after more characters than it remembers", () => {
  const others = Array.from({ length: 60_000 }, (_, i) => String.fromCodePoint(0x20000 + i)).join(
    "",
  );
  assertEquals(textOf(`①${others}①`), `1${others}1`);
});
