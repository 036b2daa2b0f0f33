import { assertEquals } from "@std/assert";
import { attentionCases } from "../../verify/attention_cases.ts";
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
