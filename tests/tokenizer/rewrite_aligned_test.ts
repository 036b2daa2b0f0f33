import { assertEquals } from "@std/assert";
import { AlignedText } from "../../tokenizer/aligned_text.ts";
import { AlignedWriter, mapCharacters, prependAligned } from "../../tokenizer/rewrite_aligned.ts";
import { Draw } from "../helpers/draw.ts";
import { spellRanges } from "./spell_ranges.ts";

Deno.test("mapCharacters() aligns a replacement with its character", () => {
  const rewritten = mapCharacters(
    new AlignedText("a😀b"),
    (c) => ({ "a": "", "😀": "xy" })[c] ?? c,
  );
  assertEquals(spellRanges(rewritten), { text: "xyb", starts: [1, 1, 3], ends: [3, 3, 4] });
});

Deno.test("mapCharacters() of characters one by one keeps the ranges of a part", () => {
  const part = new AlignedText("😀aB").slice(2, 4);
  const upper = mapCharacters(part, (c) => c.toUpperCase());
  assertEquals(spellRanges(upper), { text: "AB", starts: [2, 3], ends: [3, 4] });
});

Deno.test("prependAligned() aligns the prefix with the first character", () => {
  assertEquals(spellRanges(prependAligned(new AlignedText("😀b"), "▁x")), {
    text: "▁x😀b",
    starts: [0, 0, 0, 0, 2],
    ends: [2, 2, 2, 2, 3],
  });
});

/** The ranges of the characters of a text, each code unit's written out. */
function rangesOf(text: string): ReturnType<typeof spellRanges> {
  const [starts, ends]: [number[], number[]] = [[], []];
  for (const character of text) {
    const start = starts.length;
    for (let i = 0; i < character.length; i++) {
      starts.push(start);
      ends.push(start + character.length);
    }
  }
  return { text, starts, ends };
}

Deno.test("AlignedWriter writes what lists of all ranges give, over several steps and parts", () => {
  const draw = new Draw(1);
  const characters = ["a", "b", " ", "é", "😀", "\ud83d", "\ude00"];
  const word = (most: number) =>
    Array.from({ length: draw.integer(0, most) }, () => draw.pick(characters)).join("");
  for (let run = 0; run < 300; run++) {
    let aligned = new AlignedText(word(12));
    let wanted = rangesOf(aligned.text);
    for (let step = draw.integer(1, 4); step > 0; step--) {
      const { length } = aligned.text;
      const start = draw.oneIn(2) ? 0 : draw.integer(0, length);
      const stop = draw.oneIn(2) ? length : draw.integer(start, length);
      aligned = aligned.slice(start, stop);
      const part = (values: number[]) => values.slice(start, stop);
      const { text } = aligned;
      const [starts, ends] = [part(wanted.starts), part(wanted.ends)];
      wanted = { text: "", starts: [], ends: [] };
      const writer = new AlignedWriter(aligned);
      for (let unit = 0; unit < text.length;) {
        const end = draw.integer(unit, text.length);
        if (draw.oneIn(2)) {
          // Copied with the next thing that is written.
          wanted.text += text.slice(unit, end);
          wanted.starts.push(...starts.slice(unit, end));
          wanted.ends.push(...ends.slice(unit, end));
          unit = end;
        } else {
          // Mostly one code unit for another, which stores nothing.
          const to = draw.oneIn(3) ? end : unit + 1;
          const written = draw.oneIn(3) ? word(3) : "x";
          const origin = draw.oneIn(4) ? unit - 1 : unit;
          writer.write(written, unit, to, origin);
          wanted.text += written;
          for (let i = 0; i < written.length; i++) {
            wanted.starts.push(starts[origin] ?? 0);
            wanted.ends.push(ends[origin] ?? 0);
          }
          unit = to;
        }
      }
      aligned = writer.finish();
      assertEquals(spellRanges(aligned), wanted, `run ${run}`);
    }
  }
});
