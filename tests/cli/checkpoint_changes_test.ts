import { assertEquals, assertStringIncludes } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { encodeSafetensors } from "../../checkpoint/safetensors_writer.ts";
import { compareCheckpoints, formatChanges } from "../../cli/checkpoint_changes.ts";

function source(config: Record<string, unknown>, tensors: Record<string, number[]>): MemorySource {
  return new MemorySource({
    "config.json": JSON.stringify({ model_type: "roberta", ...config }),
    "model.safetensors": encodeSafetensors(
      Object.entries(tensors).map(([name, values]) => ({
        name,
        dims: [values.length],
        dtype: "F32",
        data: new Float32Array(values),
      })),
    ),
  });
}

Deno.test("compareCheckpoints() finds new, changed and removed tensors", async () => {
  const before = source({}, { same: [1, 2], longer: [1], other: [1, 2], gone: [3] });
  const after = source({}, { same: [1, 2], longer: [1, 1], other: [1, 3], made: [4] });
  assertEquals(await compareCheckpoints(before, after), {
    tensors: [
      { name: "longer", before: [1], after: [2] },
      { name: "made", before: null, after: [1] },
      { name: "other", before: [2], after: [2] },
    ],
    unchanged: 1,
    left_out: ["gone"],
    config: [],
  });
});

Deno.test("compareCheckpoints() matches old names and prefixes", async () => {
  const before = source({}, { "a.LayerNorm.gamma": [1], "a.LayerNorm.beta": [2] });
  const after = source({}, { "roberta.a.LayerNorm.weight": [1], "roberta.a.LayerNorm.bias": [2] });
  const { tensors, unchanged, left_out } = await compareCheckpoints(before, after);
  assertEquals([tensors, unchanged, left_out], [[], 2, []]);
});

Deno.test("compareCheckpoints() finds changed keys of the config", async () => {
  const before = source({ vocab_size: 9, gone: [1], same: { a: 1 } }, { a: [1] });
  const after = source({ vocab_size: 8, made: true, same: { a: 1 } }, { a: [1] });
  const { config } = await compareCheckpoints(before, after);
  assertEquals(config, [
    { key: "gone", before: [1], after: null },
    { key: "made", before: null, after: true },
    { key: "vocab_size", before: 9, after: 8 },
  ]);
});

Deno.test("formatChanges() lists left-out tensors and escapes text from files", () => {
  const text = formatChanges({
    tensors: [],
    unchanged: 2,
    left_out: ["lm_head.decoder.weight\x1b[2J"],
    config: [{ key: "note", before: "\u202e", after: null }],
  });
  assertStringIncludes(
    text,
    "2 tensors are unchanged; left out: lm_head.decoder.weight\\u{1b}",
  );
  assertStringIncludes(text, '"\\u{202e}"  -');
});

Deno.test("formatChanges() keeps to 100 columns for any config", () => {
  const long = { map: "x".repeat(500) };
  const keys = ["a", "k".repeat(200)];
  const config = keys.map((key) => ({ key, before: long, after: [long] }));
  const text = formatChanges({ tensors: [], unchanged: 0, left_out: [], config });
  assertStringIncludes(text, `${"k".repeat(31)}…  {"map":"xxx`);
  assertEquals(text.split("\n").filter((line) => line.length > 100), []);
});
