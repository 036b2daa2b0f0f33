import { assertEquals, assertRejects } from "@std/assert";
import { InputChangedError } from "../../batch/errors.ts";
import { cutLines, readShardLines } from "../../batch/line_shards.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";

function fileOf(content: string | Uint8Array): CheckpointFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    name: "a.jsonl",
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.slice(start, end)),
  };
}

async function linesOf(content: string, most: number): Promise<[number, string][][]> {
  const file = fileOf(content);
  const found: [number, string][][] = [];
  for await (const { documents, lines } of cutLines(file, most)) {
    const own: [number, string][] = [];
    for await (
      const { line, bytes } of readShardLines(file, "a.jsonl", { lines: lines!, documents })
    ) own.push([line, new TextDecoder().decode(bytes)]);
    found.push(own);
  }
  return found;
}

Deno.test("a file of lines is cut, and each shard reads its own lines", async () => {
  assertEquals(await linesOf("a\nb\n\n \t\r\nc\r\nd", 2), [
    [[1, "a"], [2, "b"]],
    [[5, "c\r"], [6, "d"]],
  ]);
  assertEquals(await linesOf("a\n\n", 2), [[[1, "a"]]]);
  assertEquals(await linesOf("\n\n", 2), []);
  assertEquals(await linesOf("", 2), []);
});

Deno.test("lines are whole wherever the reads end", async () => {
  const edge = 2 ** 20;
  for (const length of [edge - 1, edge, 2 * edge + 7]) {
    const long = "x".repeat(length);
    const lines = (await linesOf(`${long}\nb\n${long}\n`, 1)).flat();
    assertEquals(lines.map(([line, text]) => [line, text.length]), [[1, length], [2, 1], [
      3,
      length,
    ]]);
  }
});

Deno.test("what is appended changes the last shard only", async () => {
  const cut = async (text: string) => await Array.fromAsync(cutLines(fileOf(text), 2));
  const [before, after] = [await cut("a\nb\nc\n"), await cut("a\nb\nc\nd\ne\n")];
  assertEquals(after[0], before[0]);
  assertEquals([before.length, after.length, after[1].documents], [2, 3, 2]);
});

Deno.test("a file that has changed is noticed, at the latest behind the last line", async () => {
  const [{ lines, documents }] = await Array.fromAsync(cutLines(fileOf("a\nb\n"), 2));
  const read = (file: CheckpointFile | undefined) =>
    Array.fromAsync(readShardLines(file, "a.jsonl", { lines: lines!, documents }));
  assertEquals((await read(fileOf("a\nb\nmore"))).length, 2);
  for (const content of ["a\nc\n", "a\n", "a\n\n\nb\n", "abc\n"]) {
    await assertRejects(() => read(fileOf(content)), InputChangedError, "has changed since");
  }
  await assertRejects(() => read(undefined), InputChangedError, "lines 1 to 2 of a.jsonl");
});
