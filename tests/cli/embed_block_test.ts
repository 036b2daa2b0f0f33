import { assert, assertEquals, assertRejects } from "@std/assert";
import { embedBlock } from "../../cli/embed_block.ts";

const passagesOf = (lengths: readonly number[]) =>
  lengths.map((length, i) => ({ text: "a".repeat(length), name: `line ${i + 1}` }));

Deno.test("embedBlock() embeds texts of similar length together, and keeps their order", async () => {
  const lengths = [20_000, 5, 30_000, 7, 40_000, 6];
  const calls: number[][] = [];
  const told: number[][] = [];
  const embeddings = await embedBlock(
    passagesOf(lengths),
    (texts) => {
      calls.push(texts.map(({ length }) => length));
      return Promise.resolve(texts.map(({ length }) => ({
        tokens: length,
        dims: [1],
        data: Float32Array.of(length),
      })));
    },
    (passages, tokens) => told.push([passages, tokens]),
  );
  assertEquals(calls, [[5, 6, 7, 20_000], [30_000], [40_000]]);
  assertEquals(told, [[4, 20_018], [1, 30_000], [1, 40_000]]);
  assertEquals(embeddings.map(({ data }) => data[0]), lengths);
});

Deno.test("embedBlock() names the passage of an error", async () => {
  const embed = (texts: readonly string[]) => {
    assert(texts.length > 0);
    return Promise.reject(new RangeError(`Cannot run text ${texts.length - 1}: it is too long`));
  };
  const run = () => embedBlock(passagesOf([9, 3]), embed, () => {});
  await assertRejects(run, RangeError, "Cannot run line 1: it is too long");
});
