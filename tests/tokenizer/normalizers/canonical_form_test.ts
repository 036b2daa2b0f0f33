import { assert, assertEquals } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { canonicalForm, type UnicodeForm } from "../../../tokenizer/normalizers/canonical_form.ts";
import { spellRanges } from "../spell_ranges.ts";

const texts = [
  "",
  "plain",
  "e\u0301\u00E9",
  "a\u0301\u0323b\u0323\u0301",
  "\u1100\u1161\u11A8\uAC01\uAC00\u11A8",
  "\u0301\u0323lone",
  "\u1E69\u0307 s\u0323\u0307 q\u0307\u0323\u0334",
  "\uFB01\uFF21\u2460\u33A1\uFDFA",
  "\u0344\u0390\u1F82\u0958\u2ADC\u{1D15E}\u{1109A}\u{110BA}",
];

Deno.test("canonicalForm() gives the forms that JavaScript has", () => {
  for (const form of ["NFC", "NFD", "NFKC", "NFKD"] satisfies UnicodeForm[]) {
    for (const text of texts) {
      const result = canonicalForm(new AlignedText(text), form);
      assertEquals(result.text, text.normalize(form), JSON.stringify({ form, text }));
      const { starts, ends } = spellRanges(result);
      for (const [i, start] of starts.entries()) {
        assert(start >= (starts[i - 1] ?? 0) && ends[i] >= start && ends[i] <= text.length);
      }
    }
  }
});

Deno.test("canonicalForm() aligns parts with the composed character, and that with its first part", () => {
  assertEquals(spellRanges(canonicalForm(new AlignedText("\u00E9x"), "NFD")).starts, [0, 0, 1]);
  assertEquals(spellRanges(canonicalForm(new AlignedText("e\u0301x"), "NFC")), {
    text: "\u00E9x",
    starts: [0, 2],
    ends: [1, 3],
  });
});

Deno.test("canonicalForm() sorts any number of marks, in time that grows with it alone", () => {
  const marks = "\u0301\u0323\u0334\u05B0\u0345\u0F39";
  for (const form of ["NFC", "NFD", "NFKC", "NFKD"] satisfies UnicodeForm[]) {
    for (const text of ["e" + marks.repeat(60), "\u1E69" + marks.repeat(40) + "x\u0307\u0323"]) {
      assertEquals(canonicalForm(new AlignedText(text), form).text, text.normalize(form));
    }
    // The square of this number would take minutes.
    const many = "e" + "\u0301\u0323".repeat(50_000);
    const { text } = canonicalForm(new AlignedText(many), form);
    const start = form.endsWith("D") ? "e\u0323" : "\u1EB9";
    assertEquals([text.slice(0, start.length), text.at(-1)], [start, "\u0301"]);
  }
});
