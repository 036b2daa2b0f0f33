/**
 * Cuts the passages of `deno task table2` from the corpus and writes their token ids to
 * `bench/table2/`. The same corpus gives the same bytes.
 *
 *     deno run --allow-read --allow-write --allow-run=xz --allow-env tools/make_authors_data.ts CORPUS
 *
 * CORPUS has `books-train.txt.xz`, `books-valid.txt.xz` and `authors.json`.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { brotliCompressSync, constants } from "node:zlib";
import { AutoTokenizer } from "../tokenizer/mod.ts";

/** Tokens of a passage; with its special tokens it has 4,096. */
const TOKENS = 4094;

/** Characters at both ends of a book that are left out: titles, prefaces, licences. */
const MARGIN = 3000;

/** Passages of each author. */
const COUNTS = { train: 40, valid: 12, test: 16 };

type Split = keyof typeof COUNTS;

/** An entry of `authors.json`: titles of books. */
type Author = { readonly author: string } & Readonly<Record<Split, readonly string[]>>;

/** A passage: where its tokens begin in its book, margin not counted. */
interface Cut {
  readonly ids: readonly number[];
  readonly title: string;
  readonly start: number;
}

const FOLDER = new URL("../bench/table2/", import.meta.url);
const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

async function readBooks(path: string): Promise<Map<string, string>> {
  const { stdout, success } = await new Deno.Command("xz", { args: ["-dc", path] }).output();
  if (!success) throw new Error(`Cannot read ${path}: xz failed`);
  const parts = new TextDecoder().decode(stdout).split(/^<\|document\|> (.*)\n/m);
  const books = new Map<string, string>();
  for (let i = 1; i < parts.length; i += 2) books.set(parts[i], parts[i + 1]);
  return books;
}

/** All passages of a book, one after the other, without those that name its author. */
function cutBook(encode: (text: string) => number[], title: string, text: string, name: string) {
  const ids = encode(text.slice(MARGIN, -MARGIN));
  const cuts: Cut[] = [];
  for (let start = 0; start + TOKENS <= ids.length; start += TOKENS) {
    cuts.push({ ids: ids.slice(start, start + TOKENS), title, start });
  }
  const surname = new RegExp(`\\b${name.split(" ").at(-1)}\\b`, "i");
  return cuts.filter(({ ids }) => !surname.test(tokenizer.decode(ids)));
}

/** As many of them as wanted, at equal distances. */
function spread(cuts: readonly Cut[], wanted: number): Cut[] {
  if (cuts.length < wanted) {
    throw new RangeError(`Cannot take ${wanted} passages of ${cuts[0].title}: got ${cuts.length}`);
  }
  return Array.from(
    { length: wanted },
    (_, i) => cuts[Math.floor((i + 0.5) * cuts.length / wanted)],
  );
}

const [corpus] = Deno.args;
const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
const encode = (text: string) => {
  const { input_ids } = tokenizer(text, { add_special_tokens: false });
  return (input_ids.tolist() as bigint[][])[0].map(Number);
};
const authors: Author[] = JSON.parse(await Deno.readTextFile(join(corpus, "authors.json")));
const seen = await readBooks(join(corpus, "books-train.txt.xz"));
const held = await readBooks(join(corpus, "books-valid.txt.xz"));

const ids: number[] = [];
const passages: { split: Split; author: number; title: string; start: number }[] = [];
for (const split of Object.keys(COUNTS) as Split[]) {
  authors.forEach((author, label) => {
    const cuts = author[split].flatMap((title) => {
      const name = `${author.author}/${title}`;
      const text = seen.get(name) ?? held.get(name);
      if (text === undefined) throw new RangeError(`Cannot find ${name} in ${corpus}`);
      return cutBook(encode, title, text, author.author);
    });
    for (const { ids: own, title, start } of spread(cuts, COUNTS[split])) {
      ids.push(...own);
      passages.push({ split, author: label, title, start });
    }
    console.log(`${split} ${author.author}: ${COUNTS[split]} of ${cuts.length} passages`);
  });
}
const bytes = new Uint8Array(ids.length * 2);
const view = new DataView(bytes.buffer);
ids.forEach((id, i) => view.setUint16(2 * i, id, true));
const compressed = brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
await Deno.writeFile(new URL("passages.u16.br", FOLDER), compressed);
const description = {
  tokens: TOKENS,
  authors: authors.map(({ author }) => author),
  held_out: authors.flatMap((author) =>
    (Object.keys(COUNTS) as Split[]).flatMap((split) =>
      author[split].filter((title) => held.has(`${author.author}/${title}`))
    )
  ),
  // A line each.
  passages: passages.map(({ split, author, title, start }) => [split, author, title, start]),
};
const json = JSON.stringify(description).replaceAll('],["', '],\n["');
await Deno.writeTextFile(new URL("passages.json", FOLDER), json + "\n");
console.log(`${passages.length} passages, ${compressed.length} bytes`);
