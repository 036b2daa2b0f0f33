import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../../checkpoint/pytorch/fault.ts";
import { locateEntry, readZip } from "../../../checkpoint/pytorch/zip.ts";
import { bytes, fileOf, number, zip, type ZipOptions } from "./build_pickle.ts";

const FILES: [string, Uint8Array][] = [["a/x", bytes("one")], ["a/y", bytes("three")]];

/** Reads all entries. */
async function contents(archive: Uint8Array): Promise<Record<string, string>> {
  const file = fileOf(archive);
  const found: Record<string, string> = {};
  for (const [name, entry] of await readZip(file)) {
    const start = await locateEntry(file, entry);
    found[name] = new TextDecoder().decode(await file.read(start, start + entry.size));
  }
  return found;
}

for (const options of [{}, { zip64: true }, { comment: "c".repeat(65_535) }] as ZipOptions[]) {
  Deno.test(`readZip() reads an archive with ${JSON.stringify(options).slice(0, 30)}`, async () => {
    assertEquals(await contents(zip(FILES, options)), { "a/x": "one", "a/y": "three" });
    assertEquals(await contents(zip([], options)), {});
  });
}

/** An archive with other bytes at a place counted from its end. */
function changed(fromEnd: number, ...values: number[]): Uint8Array {
  const archive = zip(FILES);
  archive.set(values, archive.length - fromEnd);
  return archive;
}

const lie = (change: (fields: { size: number; stored: number; offset: number }) => void) =>
  zip(FILES, { lie: (name, fields) => name === "a/y" && change(fields) });

const MALFORMED: [string, Uint8Array, string][] = [
  ["no bytes", bytes(), "no directory"],
  ["no directory", zip(FILES).slice(0, -1), "no directory"],
  ["a compressed entry", zip(FILES, { method: 8 }), "a/x in it is compressed"],
  ["an encrypted entry", zip(FILES, { flags: 1 }), "a/x in it is encrypted"],
  ["a name twice", zip([FILES[0], FILES[0]]), "holds a/x twice"],
  ["a name that is not UTF-8", zip(FILES, {}).map((b) => b === 0x79 ? 0xff : b), "not UTF-8"],
  ["two sizes", lie((fields) => fields.stored++), "a/y has two sizes"],
  ["an entry in another", lie((fields) => fields.offset = 3), "a/x and a/y overlap"],
  ["an entry upon another", lie((fields) => fields.offset = 0), "overlap"],
  [
    "an entry beyond the end",
    lie((fields) => fields.size = fields.stored = 9),
    "ends behind the start of the directory",
  ],
  [
    "an entry of 4 GB in a record that is missing",
    lie((fields) => fields.size = fields.stored = 0xffffffff),
    "truncated",
  ],
  ["an archive in parts", changed(18, 1), "several parts"],
  ["other numbers of entries", changed(12, 3), "several parts"],
  ["too many entries", changed(14, 3, 0, 3, 0), "truncated"],
  ["too few entries", changed(14, 1, 0, 1, 0), "more than the 1 entries"],
  ["a directory behind its end", changed(6, 0xff, 0xff), "in front of its end"],
  ["no zip64 directory", changed(14, 0xff, 0xff, 0xff, 0xff), "zip64 directory is missing"],
];

for (const [description, archive, message] of MALFORMED) {
  Deno.test(`readZip() throws on ${description}`, async () => {
    await assertRejects(() => contents(archive), Fault, message);
  });
}

Deno.test("readZip() throws on a huge directory without reading it", async () => {
  const archive = zip(FILES, { zip64: true });
  archive.set(number(2 ** 30, 8), archive.length - 22 - 20 - 16);
  await assertRejects(() => readZip(fileOf(archive)), Fault, "1073741824 bytes, wanted at most");
});

Deno.test("readZip() throws on a directory that reaches into its own zip64 record", async () => {
  const archive = zip(FILES, { zip64: true });
  // Its length, 16 bytes before the locator and the end.
  archive[archive.length - 22 - 20 - 16]++;
  await assertRejects(() => readZip(fileOf(archive)), Fault, "does not lie in front of its end");
});

Deno.test("locateEntry() throws on a header that is not the entry's", async () => {
  for (const at of [0, 8, 26, 28, 30]) {
    const archive = zip(FILES);
    archive[at] ^= 9;
    await assertRejects(() => contents(archive), Fault, "the header of a/x disagree");
  }
});
