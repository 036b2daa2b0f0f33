import { assertEquals } from "@std/assert";
import { attentionCases } from "../../verify/attention_cases.ts";
import { compareOutput } from "../../verify/attention_run.ts";
import { goldenFolder } from "./golden_folder.ts";

const cases = await attentionCases(goldenFolder(""));

Deno.test("every file of attention goldens has a case", async () => {
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(new URL("../golden", import.meta.url))) {
    if (isFile && name.endsWith(".safetensors")) files.push(name);
  }
  const patterns = new Set(cases.map(({ name }) => name.split("/")[0]));
  assertEquals(files.sort(), [...patterns].map((name) => `${name}.safetensors`).sort());
});

Deno.test("outputs of operands in float16 are compared as a whole, too", () => {
  const values = (...data: number[]) => ({ dims: [1, 2], data: Float32Array.from(data) });
  const half = { name: "webgpu", dtype: "fp16" } as const;
  // The bound of the worst case is above both expected values here.
  const passes = (backend: Parameters<typeof compareOutput>[3], ...data: number[]) =>
    compareOutput(values(...data), values(2, -1), 2.6, backend).passed;
  assertEquals(passes(half, 0, 0), false);
  assertEquals(passes(half, 2.001, -1), true);
  assertEquals(passes({ ...half, dtype: "fp32" }, 0, 0), true);
  assertEquals(passes(half, 2, NaN), false);
});
