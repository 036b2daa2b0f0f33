import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { countLsgPairs } from "../../../bench/visible_keys.ts";
import { resolveLsgParameters } from "../../../attention/mod.ts";
import { recordLsg } from "../../../picture/record_lsg.ts";
import { recordFull } from "../../../picture/record_patterns.ts";
import { countPairs, fit, fitCosts } from "../../../web/build/cost_fit.ts";

Deno.test("countPairs() counts as the benchmarks do", () => {
  const size = { tokens: 1024, heads: 1, head: 0, seed: 0, causal: false };
  for (const sparsity_type of ["none", "norm", "stride"]) {
    const parameters = resolveLsgParameters({ sparsity_type });
    const counted = countPairs(recordLsg({ sparsity_type }, size));
    assertEquals(counted, countLsgPairs(1024, parameters));
  }
  assertEquals(countPairs(recordFull(100, true)), 5050);
});

Deno.test("fit() finds the costs that values were made from, and none below 0", () => {
  const sizes = [[512, 2e5], [1024, 9e5], [2048, 3e6], [4096, 2e6]] as const;
  const exact = fit(sizes, sizes.map(([tokens, pairs]) => 0.2 + 3e-4 * tokens + 5e-8 * pairs));
  assertAlmostEquals(exact.pass, 0.2, 1e-9);
  assertAlmostEquals(exact.token, 3e-4, 1e-12);
  assertAlmostEquals(exact.pair, 5e-8, 1e-14);
  assert(exact.deviation < 1e-9);
  const flat = fit(sizes, sizes.map(([tokens, pairs]) => 1e-2 * tokens - 1e-7 * pairs));
  assertEquals(flat.pair, 0);
  assert(flat.token > 0 && flat.deviation > 0);
});

Deno.test("fitCosts() is close to what was measured, and refuses unknown patterns", async () => {
  const { wasm } = JSON.parse(await Deno.readTextFile("bench/length_results.json"));
  const short = wasm.filter(({ tokens }: { tokens: number }) => tokens <= 4096);
  const { seconds, passes } = fitCosts(short);
  assertEquals(passes, short.length);
  assert(seconds.deviation < 0.15, `${seconds.deviation}`);
  assertThrows(() => fitCosts([{ ...short[0], pattern: "other" }]), RangeError, "other");
});
