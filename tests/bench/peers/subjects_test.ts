import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { SUBJECTS } from "../../../bench/peers/subjects.ts";

Deno.test("subjects have distinct names, none a prefix of another", () => {
  for (const { name } of SUBJECTS) {
    assertEquals(SUBJECTS.filter((other) => other.name.startsWith(name)).length, 1, name);
  }
});

Deno.test("subjects run existing scripts, and all but ours have an install command", async () => {
  for (const { name, args, install } of SUBJECTS) {
    assert((await Deno.stat(new URL(`../../../${args[0]}`, import.meta.url))).isFile, args[0]);
    assertEquals(install === undefined, name.startsWith("own-"), name);
  }
});

Deno.test("a task's operations are those of its matrix products", () => {
  const gflop = (name: string) => {
    const subject = SUBJECTS.find((subject) => subject.name === name);
    return subject ? subject.task.flop / 1e9 : NaN;
  };
  assertEquals(gflop("own-linear-1024"), 2 * 1024 ** 3 / 1e9);
  // 12 layers with 4 + 8 products of 768 × 768 a token, scores and sums of 512 keys a token.
  assertAlmostEquals(gflop("torch-full-512"), 12 * 512 * 2 * (12 * 768 ** 2 + 2 * 512 * 768) / 1e9);
  // A token of LSG sees at most 641 keys of 16,384.
  const linear = 12 * 2 * 12 * 768 ** 2;
  const most = 16384 * (linear + 12 * 4 * 768 * 642) / 1e9;
  assert(gflop("own-lsg-16384-fp32") > 0.98 * most && gflop("own-lsg-16384-fp32") < most);
});
