import { assert, assertEquals } from "@std/assert";
import { chooseSelfExtend } from "../../../attention/mod.ts";
import { FULL, linear, selfExtend } from "../../../bench/passkey/variants.ts";
import { parseConfig } from "../../../checkpoint/mod.ts";

Deno.test("selfExtend() takes the least group that keeps 0.6 of the trained positions", () => {
  for (const window of [32, 64, 128]) {
    for (const tokens of [256, 384, 512, 1000, 2048]) {
      const { group_size } = selfExtend(256, window).at(tokens).self_extend!;
      const used = (group: number) => window + (tokens - window) / group;
      // 0.6 · 256 is not exact.
      assert(used(group_size) <= 0.6 * 256 && used(group_size - 1) > 0.6 * 256 - 1e-9);
    }
  }
  assertEquals(selfExtend(256, 64).at(32).self_extend, { group_size: 1, window_size: 64 });
  assertEquals(selfExtend(256, 64).at(1024).self_extend, chooseSelfExtend(256, 1024));
});

Deno.test("selfExtend() takes the group that is given", () => {
  const { name, at } = selfExtend(256, 64, 7);
  assertEquals([name, at(256), at(2048)], [
    "w 64, G 7",
    { self_extend: { group_size: 7, window_size: 64 } },
    { self_extend: { group_size: 7, window_size: 64 } },
  ]);
});

Deno.test("linear() divides positions where a text is too long, in both spellings", () => {
  for (const raw of [{}, { rope_parameters: { rope_theta: 500, rope_type: "default" } }]) {
    const config = { model_type: "llama", rope_theta: 500, ...raw };
    const { at } = linear(256, config);
    assertEquals(at(256), FULL.at(256));
    const { rope } = parseConfig({ ...config, ...at(640).config });
    assertEquals([rope!.theta, rope!.scaling], [500, { type: "linear", factor: 2.5 }]);
  }
});
