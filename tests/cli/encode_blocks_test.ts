import { assertEquals, assertNotEquals } from "@std/assert";
import { groupPassages, hashPassages } from "../../cli/encode_blocks.ts";

async function sizesOf(lengths: readonly number[]): Promise<number[]> {
  const passages = lengths.map((length) => ({ text: "a".repeat(length) }));
  const groups = await Array.fromAsync(groupPassages(ReadableStream.from(passages)));
  return groups.map(({ length }) => length);
}

Deno.test("groupPassages() ends a group by characters and by passages", async () => {
  assertEquals(await sizesOf([70_000, 60_000, 2, 200_000, 3]), [3, 1, 1]);
  assertEquals(await sizesOf(new Array(2100).fill(1)), [1024, 1024, 52]);
  assertEquals(await sizesOf([]), []);
});

Deno.test("hashPassages() depends on all that is told of passages, and on their order", () => {
  const passage = { id: "a", start: 0, end: 3, text: "the" };
  const others = [
    [{ ...passage, id: "b" }],
    [{ ...passage, start: 1 }],
    [{ ...passage, end: 4 }],
    [{ ...passage, text: "The" }],
    [passage, passage],
    [],
  ];
  for (const other of others) assertNotEquals(hashPassages(other), hashPassages([passage]));
  assertEquals(hashPassages([{ ...passage }]), hashPassages([passage]));
});
