import { assertEquals, assertStringIncludes } from "@std/assert";
import { contradictions, differences } from "../../../bench/passkey/claim.ts";

const cell = (variant: string, tokens: number, share: number, answers: string[] = []) => ({
  variant,
  tokens,
  self_extend: null,
  depths: [share],
  answers,
});
const found = (full1: number, full4: number, extended2: number, extended4: number) => [
  cell("full", 256, full1),
  cell("full", 1024, full4),
  cell("w 64", 512, extended2),
  cell("w 64", 1024, extended4),
];

Deno.test("contradictions() are none where all holds", () => {
  assertEquals(contradictions(found(1, 0.1, 0.95, 0.7), "w 64", 256), []);
});

Deno.test("contradictions() names what does not hold, or was not measured", () => {
  const wrong = contradictions(found(0.9, 0.2, 0.9, 0.79), "w 64", 256);
  assertEquals(wrong.length, 3);
  assertStringIncludes(wrong[0], "full attention at 256 tokens: 0.90");
  assertStringIncludes(wrong[1], "Self-Extend, w 64, at 512 tokens: 0.90");
  assertStringIncludes(wrong[2], "less full attention at 1024 tokens: 0.59");
  assertEquals(contradictions([], "w 64", 256).length, 3);
});

Deno.test("differences() compares every answer with the first backend's", () => {
  const cpu = [cell("full", 256, 1, ["12345", "67890"]), cell("w 64", 256, 1, ["5", "6"])];
  assertEquals(differences({ cpu }), []);
  assertEquals(differences({ cpu, wasm: structuredClone(cpu) }), []);
  const webgpu = [cpu[0], cell("w 64", 256, 1, ["5", "7"])];
  assertEquals(differences({ cpu, wasm: cpu, webgpu }), [
    'w 64, 256 tokens, prompt 1: "6" on cpu, "7" on webgpu',
  ]);
});
