import { assertEquals } from "@std/assert";
import { runRows } from "../../pipelines/run_rows.ts";

Deno.test("runRows() takes more rows in a batch than a call has room for arguments", async () => {
  const one = new Int32Array([1]);
  const row = { sample: 0, ids: one, mask: one, special: one, starts: one, ends: one, words: one };
  const rows = new Array<typeof row>(200_000).fill(row);
  const model = { config: { pad_token_id: 0, type_vocab_size: 0 } } as never;
  const results = await runRows(
    model,
    rows,
    { max_batch_tokens: rows.length },
    () => Promise.resolve([]),
    (index) => index,
  );
  assertEquals(results.length, rows.length);
});
