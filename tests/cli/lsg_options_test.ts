import { assertEquals, assertStringIncludes } from "@std/assert";
import { LSG_DEFAULTS } from "../../attention/lsg/lsg_parameters.ts";
import { parseArguments } from "../../cli/arguments.ts";
import { LSG_OPTIONS } from "../../cli/lsg_options.ts";

Deno.test("LSG_OPTIONS has each parameter once, with its type and default", () => {
  assertEquals(Object.keys(LSG_OPTIONS).sort(), Object.keys(LSG_DEFAULTS).sort());
  for (const [name, value] of Object.entries(LSG_DEFAULTS)) {
    const option = LSG_OPTIONS[name as keyof typeof LSG_DEFAULTS];
    assertEquals(option.type, typeof value as typeof option.type, name);
    const shown = typeof value === "boolean" ? (value ? "on" : "off") : String(value);
    assertStringIncludes(option.description, `(${shown}).`);
  }
});

Deno.test("LSG_OPTIONS leaves absent parameters undefined", () => {
  const command = { name: "try", summary: "", options: LSG_OPTIONS };
  const { values } = parseArguments(command, ["--sparsity_type=lsh", "--no-adaptive"])!;
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  assertEquals(given, [["sparsity_type", "lsh"], ["adaptive", false]]);
});
