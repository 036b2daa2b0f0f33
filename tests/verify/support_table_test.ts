import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatSupport, type ModelResult } from "../../verify/support_table.ts";
import { allCases } from "../../verify/verify.ts";
import { goldenFolder } from "./golden_folder.ts";

function result(family: string, head: string, backend: string, passed = true): ModelResult {
  return { model: { family, head }, backend, passed };
}

Deno.test("formatSupport() counts passed cases, and names the backend of failures", () => {
  const results = [
    result("bert", "Model", "cpu"),
    result("bert", "Model", "wasm"),
    result("bert", "Model", "cpu"),
    result("bert", "Model", "wasm"),
    result("albert", "MaskedLM", "cpu"),
    result("albert", "MaskedLM", "wasm", false),
    { backend: "cpu", passed: true },
  ];
  assertEquals(formatSupport(results), [
    "|  | Model | MaskedLM |",
    "| --- | ---: | ---: |",
    "| albert |  | 0 of 1 on wasm |",
    "| bert | 2 |  |",
  ]);
});

Deno.test("docs/models.md has the table of all cases", async () => {
  const cases = await allCases(goldenFolder);
  const table = formatSupport(cases.map(({ model }) => ({ model, backend: "any", passed: true })));
  const page = await Deno.readTextFile(new URL("../../docs/models.md", import.meta.url));
  // deno fmt pads cells.
  const unpadded = page.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| ")
    .replaceAll(/\| (:?)-+(:?) (?=\|)/g, "| $1---$2 ");
  for (const line of table) {
    if (line.includes("---")) continue;
    assertStringIncludes(unpadded, line.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| "));
  }
});
