import { assert, assertEquals, assertRejects } from "@std/assert";
import { GpuBackend } from "../../gpu/mod.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import { testOnGpu } from "../gpu/floors.ts";
import { goldenFolder } from "./golden_folder.ts";

const cases = await attentionCases(goldenFolder(""));

Deno.test("there is a case for every file of attention goldens", async () => {
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(new URL("../golden", import.meta.url))) {
    if (isFile) files.push(name);
  }
  const patterns = new Set(cases.map(({ name }) => name.split("/")[0]));
  assertEquals(files.sort(), [...patterns].map((name) => `${name}.safetensors`).sort());
});

testOnGpu("what is left out there has no kernel there", async () => {
  const backend = await GpuBackend.open();
  const skipped = cases.filter(({ notOn }) => notOn?.includes("webgpu"));
  assert(skipped.length > 0);
  for (const { name, run } of skipped) {
    await assertRejects(() => run(backend), RangeError, "wanted the device wasm or cpu", name);
  }
  backend.dispose();
});
