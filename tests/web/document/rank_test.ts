import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { rank, rowsOf } from "../../../web/document/rank.ts";

const { signal } = new AbortController();
const rows = (...values: number[]) => rowsOf(Float32Array.from(values), 2);

Deno.test("rank() orders vectors by their cosine", async () => {
  const ranked = await rank(rows(2, 0), [rows(0, 1), rows(5, 5), rows(3, 0)], true, signal);
  assertEquals(ranked.map(({ at }) => at), [2, 1, 0]);
  [1, Math.SQRT1_2, 0].forEach((cosine, i) => assertAlmostEquals(ranked[i].score, cosine, 1e-6));
});

Deno.test("rank() compares tokens without what all passages share", async () => {
  // All rows lie near (10, 10); the query's token is nearest to the second passage's first one.
  const passages = [rows(10, 11, 9, 10), rows(12, 9, 9, 10)];
  const ranked = await rank(rows(13, 8), passages, false, signal);
  assertEquals(ranked[0].at, 1);
  // By how much it is nearer than in the mean of both.
  assertAlmostEquals(ranked[0].score, -ranked[1].score, 1e-6);
});

Deno.test("rank() stops", async () => {
  await assertRejects(
    () => rank(rows(1, 0), [rows(1, 0)], true, AbortSignal.abort()),
    DOMException,
  );
});
