import { assert, assertEquals } from "@std/assert";
import {
  cutWindows,
  drawWindow,
  readPassages,
  SPLITS,
  takeFew,
  wholeWindow,
} from "../../../bench/table2/passages.ts";
import { Random } from "../../../tensor/random.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";

const passages = await readPassages();
const PAGE = new URL("../../../bench/table2/passages.json", import.meta.url);

Deno.test("readPassages() has as many passages of each author, of 4,094 ids", () => {
  const counts = { train: 40, valid: 12, test: 16 };
  assertEquals(passages.authors.length, 11);
  for (const split of SPLITS) {
    passages.authors.forEach((name, author) => {
      const own = passages[split].filter((passage) => passage.author === author);
      assertEquals(own.length, counts[split], `${split} ${name}`);
    });
    for (const { ids } of passages[split]) {
      assertEquals(ids.length, 4094);
      assert(ids.every((id) => id > 4 && id < 8192));
    }
  }
});

Deno.test("the parts have no book in common, and no passage is there twice", async () => {
  const { passages: cuts }: { passages: [string, number, string, number][] } = JSON.parse(
    await Deno.readTextFile(PAGE),
  );
  const places = cuts.map(([, author, title, start]) => `${author} ${title} ${start}`);
  assertEquals(new Set(places).size, places.length);
  const split = new Map<string, string>();
  for (const [part, author, title] of cuts) {
    const book = `${author} ${title}`;
    assertEquals(split.get(book) ?? part, part, book);
    split.set(book, part);
  }
});

Deno.test("passages are text that does not name its author", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained("demo/model");
  for (const split of SPLITS) {
    for (const { author, ids } of passages[split].filter((_, i) => i % 7 === 0)) {
      const text = tokenizer.decode([...ids]);
      const surname = passages.authors[author].split(" ").at(-1)!;
      assert(!new RegExp(`\\b${surname}\\b`, "i").test(text), surname);
      assert(/\b(the|and)\b/.test(text));
    }
  }
});

Deno.test("cutWindows() divides a passage into windows with special tokens", () => {
  const passage = { author: 0, ids: Uint16Array.from({ length: 10 }, (_, i) => 10 + i) };
  assertEquals(cutWindows(passage, 6), [[0, 10, 11, 12, 13, 2], [0, 14, 15, 16, 17, 2]]);
  assertEquals(cutWindows(passage, 12), [wholeWindow(passage)]);
  assertEquals(cutWindows(passages.test[0], 512).length, 8);
  assertEquals(cutWindows(passages.test[0], 4096).map((window) => window.length), [4096]);
});

Deno.test("drawWindow() starts anywhere, and at the same places with the same seed", () => {
  const passage = { author: 0, ids: Uint16Array.from({ length: 6 }, (_, i) => 10 + i) };
  const draw = () => {
    const random = new Random(5);
    return Array.from({ length: 50 }, () => drawWindow(passage, 6, random));
  };
  const windows = draw();
  assertEquals(draw(), windows);
  assertEquals(new Set(windows.map(([, first]) => first)), new Set([10, 11, 12]));
  for (const [start, first, ...rest] of windows) {
    assertEquals([start, ...rest], [0, first + 1, first + 2, first + 3, 2]);
  }
});

Deno.test("takeFew() keeps the first passages of the first authors", () => {
  const few = takeFew(passages, { authors: 2, passages: 3 });
  for (const split of SPLITS) {
    assertEquals(few[split].map(({ author }) => author), [0, 0, 0, 1, 1, 1]);
    assertEquals(few[split][3], passages[split].find(({ author }) => author === 1));
  }
});
