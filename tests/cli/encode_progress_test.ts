import { assertEquals } from "@std/assert";
import { describeProgress } from "../../cli/encode_progress.ts";

const COUNTS = { passages: 20, tokens: 9000, bytes: 5000, restored: 1000 };

Deno.test("describeProgress() tells the time that is left from what this run has done", () => {
  const text = describeProgress(COUNTS, 9000, 10);
  assertEquals(text.slice(25), "20 passages, 900 tokens/s, 10 s left");
  assertEquals(text.slice(0, 24), "█".repeat(13) + "·".repeat(11));
  assertEquals(describeProgress(COUNTS, 1e6, 10).split(", ").at(-1), "41 min left");
  assertEquals(describeProgress(COUNTS, 1e8, 10).split(", ").at(-1), "69.4 h left");
});

Deno.test("describeProgress() leaves out what nobody knows", () => {
  assertEquals(describeProgress(COUNTS, undefined, 10), "20 passages, 900 tokens/s");
  const none = { passages: 1, tokens: 0, bytes: 0, restored: 0 };
  assertEquals(describeProgress(none, undefined, 0), "1 passage");
  assertEquals(describeProgress(none, 100, 0).slice(25), "1 passage");
  assertEquals(describeProgress(none, 0, 0), "1 passage");
});
