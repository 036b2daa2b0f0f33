/** Files of examples, good and hostile. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { Random } from "../../../tensor/random.ts";
import type { Example } from "../../../training/data/example.ts";
import type { ExampleFile } from "../../../training/data/example_file.ts";
import { readCsv, readJsonLines } from "../../../training/data/mod.ts";
import { MAX_RECORD_BYTES, RecordFile } from "../../../training/data/record_file.ts";
import { withFolder } from "../../helpers/with_folder.ts";

async function all(file: ExampleFile): Promise<Example[]> {
  return await Array.fromAsync(file);
}

const jsonLines = (...parts: BlobPart[]) => readJsonLines(new File(parts, "train.jsonl"));
const csv = (...parts: BlobPart[]) => readCsv(new File(parts, "train.csv"));

Deno.test("JSON Lines: marks, blank lines and line ends of every kind do not count", async () => {
  const rows = await all(
    jsonLines('\ufeff{"text": "ä\u2028😀"}\r\n\n  \r\n{"text": "b"}\n{"text":"c"}'),
  );
  assertEquals(rows.map(({ text }) => text), ["ä\u2028😀", "b", "c"]);
  assertEquals(await all(jsonLines()), []);
  assertEquals(await all(jsonLines("\ufeff\r\n")), []);
});

Deno.test("a file is read in any order, as often as wanted, from a path, a URL or a Blob", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "train.jsonl");
    const text = Array.from(
      { length: 100 },
      (_, i) => `{"text": "${"x".repeat(i)}", "label": ${i}}\n`,
    );
    await Deno.writeTextFile(path, text.join(""));
    for (const file of [readJsonLines(path), readJsonLines(toFileUrl(path)), jsonLines(...text)]) {
      const examples = await file.open();
      assertEquals(examples.length, 100);
      for (const index of [99, 0, 50, 50]) {
        const { value, index: own, where } = await examples.at(index);
        assertEquals([value.label, own], [index, index]);
        assertEquals(where.endsWith(`train.jsonl:${index + 1}`), true, where);
        assertEquals(examples.sizeOf(index), text[index].length - 1);
      }
      assertEquals((await all(file)).length, 100);
      assertEquals((await all(file)).length, 100);
    }
  });
});

const HOSTILE_LINES: [string, BlobPart[], ErrorConstructor, string][] = [
  ["no object", ["[1, 2]"], SyntaxError, "train.jsonl:1 must hold an object"],
  ["no JSON", ['{"text": "a"}\n{"text": }\n'], SyntaxError, "train.jsonl:2 is not valid JSON"],
  ["two objects", ['{"a": 1} {"b": 2}'], SyntaxError, "train.jsonl:1 is not valid JSON"],
  ["a null character", ['{"text": "a\0b"}'], SyntaxError, "train.jsonl:1 is not valid JSON"],
  ["a key twice", ['\n\n{"text": "a", "text": "b"}'], SyntaxError, "train.jsonl:3 has the key"],
  ["depth", [`{"text": ${"[".repeat(5000)}${"]".repeat(5000)}}`], SyntaxError, "nested too deeply"],
  [
    "no UTF-8",
    [Uint8Array.of(10, 0x7b, 0xff, 0x7d)],
    SyntaxError,
    "train.jsonl:2: it is not UTF-8",
  ],
  ["half a character", ['{"text": "', Uint8Array.of(0xc3), '"}'], SyntaxError, "is not UTF-8"],
  ["UTF-16", [Uint8Array.of(0xff, 0xfe, 0x7b, 0)], SyntaxError, "it is in UTF-16"],
  ["the other UTF-16", [Uint8Array.of(0xfe, 0xff, 0, 0x7b)], SyntaxError, "it is in UTF-16"],
];

for (const [name, parts, ErrorType, message] of HOSTILE_LINES) {
  Deno.test(`JSON Lines with ${name} are refused, and the error names the line`, async () => {
    await assertRejects(() => all(jsonLines(...parts)), ErrorType, message);
  });
}

Deno.test("a line of more than 64 MiB is refused without being held", async () => {
  let most = 0;
  const file = {
    name: "endless.jsonl",
    size: 2 * MAX_RECORD_BYTES,
    read: (start: number, end: number) => {
      most = Math.max(most, end - start);
      return Promise.resolve(new Uint8Array(end - start).fill(0x61));
    },
  };
  await assertRejects(
    () => RecordFile.open(file, false),
    RangeError,
    "endless.jsonl:1: it has more",
  );
  assertEquals(most <= 2 ** 22, true);
});

Deno.test("CSV: quotes, line ends in quotes, empty fields, other delimiters", async () => {
  const rows = await all(csv(
    '\ufefftext,label,"a ""b"""\r\n"one, two\r\nthree",x,\r\n\r\n"",,"q""q"\n,last,9',
  ));
  assertEquals(rows, [
    { text: "one, two\r\nthree", label: "x", 'a "b"': "" },
    { text: "", label: "", 'a "b"': 'q"q' },
    { text: "", label: "last", 'a "b"': "9" },
  ]);
  for (const delimiter of ["\t", "😀"]) {
    const file = new Blob([["text", "label", "x\na, b", '"c"', "\n"].join(delimiter)]);
    assertEquals(await all(readCsv(file, { delimiter })), [{ text: "a, b", label: "c", x: "" }]);
  }
  assertEquals(await all(csv("text,label\n")), []);
});

const HOSTILE_ROWS: [string, BlobPart[], string][] = [
  ["nothing", [], "train.csv: it is empty, wanted columns"],
  ["a column twice", ["text,text\na,b"], "train.csv:1: its columns are"],
  ["a column without a name", ["text,\na,b"], "train.csv:1: its columns are"],
  ["too few fields", ["text,label\na\n"], "train.csv:2: it has 1 fields, wanted 2 (text, label)"],
  ["too many fields", ["a,b\n\n1,2,3\n"], "train.csv:3: it has 3 fields, wanted 2"],
  ["an open quote", ['a,b\n1,2\n"x,3\n4,5\n'], "train.csv:3: a quote is not closed"],
  ["a quote inside", ['a,b\n1,5" pipe\n2,"x"\n3,6" pipe\n'], "train.csv:2: a field without quotes"],
  ["text behind a quote", ['a,b\n"1"x,2\n'], 'train.csv:2: behind a quoted field is "x,2"'],
  ["a null character", ["a,b\n1,\0\n"], "train.csv:2: it holds a null character"],
  ["old line ends", ["a,b\r1,2\r3,4"], "holds a carriage return"],
  ["no UTF-8", ["a,b\n1,", Uint8Array.of(0xe9), "\n"], "train.csv:2: it is not UTF-8"],
];

for (const [name, parts, message] of HOSTILE_ROWS) {
  Deno.test(`CSV with ${name} is refused, and the error names the line`, async () => {
    await assertRejects(() => all(csv(...parts)), SyntaxError, message);
  });
}

Deno.test("names of columns and keys of objects cannot reach a prototype", async () => {
  const [row] = await all(csv("__proto__,text\nx,y\n"));
  assertEquals(Object.hasOwn(row, "__proto__"), true);
  const [line] = await all(jsonLines('{"__proto__": {"text": "x"}}'));
  assertEquals(line.text, undefined);
  assertEquals(({} as Example).text, undefined);
});

Deno.test("any table that is written as RFC 4180 says is read as it was", async () => {
  const random = new Random(5);
  const draw = (count: number) => Math.floor(random.uniform() * count);
  const pieces = ["a", ",", '"', "\n", "\r\n", " ", "é", "😀", ""];
  const text = () => Array.from({ length: draw(5) }, () => pieces[draw(pieces.length)]).join("");
  for (let round = 0; round < 100; round++) {
    const columns = Array.from({ length: 2 + draw(3) }, (_, i) => `column ${i}`);
    const rows = Array.from({ length: draw(6) }, () => columns.map(text));
    const quote = (field: string) =>
      /[",\r\n]/.test(field) || draw(2) ? `"${field.replaceAll('"', '""')}"` : field;
    const end = ["\n", "\r\n"][draw(2)];
    const lines = [columns, ...rows].map((row) => row.map(quote).join(","));
    const read = await all(csv(lines.join(end) + (draw(2) ? end : "")));
    assertEquals(read.map((row) => columns.map((column) => row[column])), rows);
  }
});

Deno.test("any bytes are either examples or an error of a kind that says so", async () => {
  const random = new Random(6);
  const draw = (count: number) => Math.floor(random.uniform() * count);
  const samples = [
    '{"text": "é"}\r\n{"text": "b", "label": [2]}\n',
    'text,label\r\n"a ""b"", c",é\n2,3\n',
  ];
  let refused = 0;
  for (let round = 0; round < 400; round++) {
    for (const [i, read] of [jsonLines, csv].entries()) {
      const bytes = new TextEncoder().encode(samples[i]).slice(0, 45 - draw(4));
      for (let i = draw(3); i > 0; i--) bytes[draw(bytes.length)] = draw(256);
      try {
        for (const row of await all(read(bytes))) assertEquals(typeof row, "object");
      } catch (error) {
        assert(error instanceof SyntaxError || error instanceof RangeError, String(error));
        assert(/train\.(csv|jsonl)/.test((error as Error).message), String(error));
        refused++;
      }
    }
  }
  assert(refused > 200 && refused < 600, `${refused} of 800`);
});

Deno.test("files that are not there, or no files, are refused", async () => {
  await assertRejects(
    () => all(readJsonLines("no/such.jsonl")),
    RangeError,
    "there is no such file",
  );
  await assertRejects(() => all(readCsv("tests")), RangeError, "it is a folder");
  const page = new URL("https://example.org/train.jsonl");
  await assertRejects(() => all(readJsonLines(page)), RangeError, "wanted file:///path");
  assertThrows(() => readJsonLines(5 as never), TypeError, "wanted a path or a Blob");
  for (const delimiter of ["", ",,", '"', "\n"]) {
    assertThrows(() => readCsv("a.csv", { delimiter }), RangeError, "one character");
  }
  assertThrows(() => readCsv("a.csv", { separator: ";" } as never), TypeError, "separator");
});

Deno.test("a file that appears later can be read then", async () => {
  await withFolder(async (folder) => {
    const file = readJsonLines(join(folder, "late.jsonl"));
    assertInstanceOf(await file.open().catch((error) => error), RangeError);
    await Deno.writeTextFile(join(folder, "late.jsonl"), '{"text": "now"}\n');
    assertEquals((await all(file)).length, 1);
  });
});
