import { assertEquals, assertRejects } from "@std/assert";
import type { EmbeddedPassage } from "../../cli/embedding.ts";
import { EncodePart } from "../../cli/encode_part.ts";
import { withFolder } from "../helpers/with_folder.ts";

const HEADER = { encoder: { model: "m" }, window: undefined };

const passage = (id: string, ...values: number[]): EmbeddedPassage => ({
  id,
  start: 0,
  end: 3,
  text: "the",
  tokens: 3,
  dims: [values.length],
  data: Float32Array.from(values),
});

const BLOCKS = [[passage("a", 1, 2), passage("b", 3, NaN)], [passage("ü", 5, 6)], [
  passage("d", 7, 8),
]];

async function makePart(output: string): Promise<void> {
  const part = await EncodePart.open(output, HEADER);
  for (const [i, block] of BLOCKS.entries()) await part.append(`hash ${i}`, block);
  await part.close();
}

async function readPart(output: string) {
  const part = await EncodePart.open(output, HEADER);
  const blocks = await Array.fromAsync(part.read());
  const has = BLOCKS.map((_, i) => part.has(i, `hash ${i}`));
  const { passages } = part;
  await part.close();
  return { blocks, has, passages };
}

Deno.test("EncodePart keeps blocks, bit for bit, until it is removed", () =>
  withFolder(async (folder) => {
    const output = `${folder}/index.npy`;
    await makePart(output);
    assertEquals(await readPart(output), {
      blocks: BLOCKS,
      has: [true, true, true],
      passages: 4,
    });
    const part = await EncodePart.open(output, HEADER);
    assertEquals(part.has(0, "hash 1"), false);
    await part.cut(1);
    await part.append("other", BLOCKS[2]);
    await part.close();
    assertEquals((await readPart(output)).blocks, [BLOCKS[0], BLOCKS[2]]);
    const last = await EncodePart.open(output, HEADER);
    await last.remove();
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("EncodePart makes no file before there is a block", () =>
  withFolder(async (folder) => {
    const part = await EncodePart.open(`${folder}/index.npy`, HEADER);
    await part.cut(0);
    await part.remove();
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("EncodePart drops what a killed process has left, wherever it was killed", () =>
  withFolder(async (folder) => {
    const output = `${folder}/index.npy`;
    const path = EncodePart.pathOf(output);
    await makePart(output);
    const whole = await Deno.readFile(path);
    const counts = new Set<number>();
    for (let length = 0; length <= whole.length; length += 7) {
      await Deno.writeFile(path, whole.slice(0, length));
      const { blocks } = await readPart(output);
      assertEquals(blocks, BLOCKS.slice(0, blocks.length));
      counts.add(blocks.length);
      const part = await EncodePart.open(output, HEADER);
      for (const [i, block] of BLOCKS.slice(blocks.length).entries()) {
        await part.append(`hash ${blocks.length + i}`, block);
      }
      await part.close();
      assertEquals(await Deno.readFile(path), whole);
    }
    assertEquals([...counts], [0, 1, 2]);
    // A block that is damaged, or claims to be long, ends the file.
    const start = whole.indexOf("\n".charCodeAt(0)) + 1;
    for (const at of [start, start + 3, start + 20, start + 60]) {
      await Deno.writeFile(path, whole.with(at, whole[at] ^ 0x55));
      assertEquals((await readPart(output)).blocks, []);
    }
  }));

Deno.test("EncodePart refuses other settings, other files, and a second writer", () =>
  withFolder(async (folder) => {
    const output = `${folder}/index.npy`;
    const path = EncodePart.pathOf(output);
    await makePart(output);
    const whole = await Deno.readFile(path);
    const other = () => EncodePart.open(output, { ...HEADER, window: 8, encoder: { model: "n" } });
    await assertRejects(other, RangeError, "it was begun with another encoder, window; remove it");
    assertEquals(await Deno.readFile(path), whole);
    const [one, two] = await Promise.all([1, 2].map(() => EncodePart.open(output, HEADER)));
    await one.append("hash 3", BLOCKS[0]);
    await assertRejects(
      () => two.append("hash 3", BLOCKS[0]),
      Error,
      "another process writes to it",
    );
    await Promise.all([one.close(), two.close()]);
    for (const content of ["the river\n", "[1]\n", "the river ran past the old house ".repeat(9)]) {
      await Deno.writeTextFile(path, content);
      const open = () => EncodePart.open(output, HEADER);
      await assertRejects(open, RangeError, "it is not a part of an encoding");
      assertEquals(await Deno.readTextFile(path), content);
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assertRejects(() => EncodePart.open(output, HEADER), Error, "it is a folder");
  }));
