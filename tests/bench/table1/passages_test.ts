import { assert, assertEquals, assertThrows } from "@std/assert";
import { CHUNK, cutPassages, cutWindows, LENGTHS } from "../../../bench/table1/passages.ts";
import { fromFileUrl } from "@std/path";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";

const ROOT = new URL("../../../", import.meta.url);
const tokenizer = await AutoTokenizer.from_pretrained(fromFileUrl(new URL("demo/model", ROOT)));
const text = await Deno.readTextFile(new URL("bench/table1/books.txt", ROOT));
const [passage] = cutPassages(text, tokenizer, 1, 4);

Deno.test("cutPassages() masks 15 % of each chunk, the same for any count", () => {
  assertEquals(passage.ids.length, 4 * CHUNK);
  const masked = passage.isMasked.filter((x) => x).length;
  // Binomial: five standard deviations.
  const tokens = 4 * 4080;
  assert(Math.abs(masked - 0.15 * tokens) < 5 * Math.sqrt(tokens * 0.15 * 0.85));
  const [first, second] = cutPassages(text, tokenizer, 2, 1);
  assertEquals(first.isMasked, passage.isMasked.slice(0, CHUNK));
  assertEquals(first.ids, passage.ids.slice(0, CHUNK));
  assert(second.ids.some((id, i) => id !== first.ids[i]));
});

Deno.test("every book fills the longest window", () => {
  assertEquals(cutPassages(text, tokenizer, 10, 4).length, 10);
});

Deno.test("cutWindows() masks the same tokens at every length", () => {
  const wanted = passage.ids.filter((_, i) => passage.isMasked[i]);
  for (const length of LENGTHS) {
    const windows = cutWindows(passage, length, tokenizer);
    assertEquals(windows.flatMap(({ targets }) => targets), wanted, `${length}`);
    for (const { ids, positions } of windows) {
      assert(ids.length <= length && ids.length > length - 10, `${ids.length} of ${length}`);
      assertEquals([ids[0], ids.at(-1)], [tokenizer.cls_token_id, tokenizer.sep_token_id]);
      assertEquals(
        [...ids.keys()].filter((i) => ids[i] === tokenizer.mask_token_id),
        positions,
      );
    }
  }
});

Deno.test("cutPassages() and cutWindows() reject what the books do not have", () => {
  assertThrows(() => cutPassages(text, tokenizer, 11, 1), RangeError, "there are 10 books");
  assertThrows(() => cutPassages(text, tokenizer, 1, 40), RangeError, "wanted 163760");
  for (const length of [100, 32768]) {
    assertThrows(() => cutWindows(passage, length, tokenizer), RangeError, `windows of ${length}`);
  }
  const [chunk] = cutPassages(text, tokenizer, 1, 1);
  assertThrows(() => cutWindows(chunk, 8192, tokenizer), RangeError, "Cannot cut 1 chunks");
});
