import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { bitsOverPosition, bookWindows } from "../../../bench/passkey/bits.ts";
import { makePrompts } from "../../../bench/passkey/prompts.ts";
import { retrieve } from "../../../bench/passkey/retrieve.ts";
import { AutoModelForCausalLM } from "../../../generation/mod.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";

const folder = fromFileUrl(new URL("../../../demo/passkey_model", import.meta.url));
const tokenizer = await AutoTokenizer.from_pretrained(folder);
const load = () => AutoModelForCausalLM.from_pretrained(folder, { device: "wasm", threads: 1 });

Deno.test("retrieve() tells right answers from wrong ones, in batches of different lengths", async () => {
  using model = await load();
  const prompts = [200, 256].flatMap((tokens) =>
    makePrompts(tokenizer, { tokens, depths: 2, samples: 1, seed: tokens })
  );
  const asked = prompts.map((prompt, i) => i === 1 ? { ...prompt, key: "00000" } : prompt);
  const answers = await retrieve(model, tokenizer, asked, { self_extend: null });
  assertEquals(answers.map(({ isRight }) => isRight), [true, false, true, true]);
  answers.forEach(({ text }, i) => assert(text.startsWith(prompts[i].key)));
});

Deno.test("bitsOverPosition() averages over windows and ranges, without the first token", async () => {
  using model = await load();
  const windows = await bookWindows(tokenizer, 40, 11);
  assertEquals(windows.map(({ length }) => length), Array(11).fill(40));
  assertEquals(new Set(windows.map(String)).size, 11);
  const ranges = await bitsOverPosition(model, windows.slice(0, 2), { self_extend: null }, 16);
  assertEquals(ranges.map(({ first, end }) => [first, end]), [[1, 16], [16, 32], [32, 40]]);
  const each = await bitsOverPosition(model, windows.slice(0, 1), { self_extend: null }, 1);
  assertEquals([each.length, each[0].first, each.some(({ bits }) => !(bits > 0))], [39, 1, false]);
  const { logits } = await model({ input_ids: windows.slice(0, 2) });
  const data = await logits.getData() as Float32Array;
  let sum = 0;
  for (const [w, ids] of windows.slice(0, 2).entries()) {
    for (let position = 32; position < 40; position++) {
      const row = Float64Array.from(data.subarray((40 * w + position - 1) * 1024).slice(0, 1024));
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      sum -= Math.log2(Math.exp(row[ids[position]]) / total);
    }
  }
  logits.dispose();
  assertAlmostEquals(ranges[2].bits, sum / 16, 1e-4);
});

Deno.test("bookWindows() refuses what the books do not have", async () => {
  await assertRejects(() => bookWindows(tokenizer, 60_000, 1), RangeError, "Cannot cut window");
});
