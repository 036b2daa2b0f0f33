import { assert, assertEquals } from "@std/assert";
import { headsOf } from "../../checkpoint/architecture.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { pythonClasses } from "../../checkpoint/python_classes.ts";
import { FAMILIES } from "../../families/families.ts";

for (const [model_type, { converts }] of Object.entries(FAMILIES)) {
  if (!converts) continue;
  // tools/check_converted.py loads each of these in Python.
  Deno.test(`pythonClasses() has a class for each head of ${model_type}, and imports it`, () => {
    const config = parseConfig({ model_type, base_model_prefix: "lsg" });
    const { fileName, code, autoMap } = pythonClasses(config);
    const module = fileName.replace(/\.py$/, "");
    assert(code.includes(`from lsg_converter.${model_type.replace("-", "_")}.${module} import (`));
    assertEquals(Object.keys(autoMap).length, headsOf(config).length + 1);
    const language = config.decoder ? "AutoModelForSeq2SeqLM" : "AutoModelForMaskedLM";
    assert("AutoConfig" in autoMap && "AutoModel" in autoMap && language in autoMap);
    for (const [auto, path] of Object.entries(autoMap)) {
      const [file, name, ...rest] = path.split(".");
      assertEquals([file, rest], [module, []], auto);
      assert(/^LSG\w+$/.test(name) && code.includes(`    ${name},\n`), path);
    }
  });
}
