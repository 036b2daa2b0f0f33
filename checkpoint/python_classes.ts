import type { ModelConfig } from "../families/model_config.ts";
import type { Head } from "../families/families.ts";
import { architectureOf, headsOf } from "./architecture.ts";

/** What Python needs; lsg-converter imports names that later versions of transformers do not export. */
export const PYTHON_PACKAGES = "transformers==4.36.2 torch lsg-converter==0.1.9";

/** What Python needs to load an LSG checkpoint with `trust_remote_code=True`. */
export interface PythonClasses {
  /** Name of a Python file of the checkpoint. */
  readonly fileName: string;
  /** The file: it imports the classes from the package lsg-converter. */
  readonly code: string;
  /** The config's `auto_map`: which class of the file each auto class loads. */
  readonly autoMap: Readonly<Record<string, string>>;
}

/**
 * Names the LSG classes of the package lsg-converter, without which Python loads an LSG checkpoint as
 * a model with full attention.
 *
 * @param config The config of an LSG checkpoint.
 * @returns A module and the map of its classes. Their names are those that the package's configs
 * write themselves, so that they stay valid when Python saves the model again.
 *
 * @example
 * ```ts
 * import { parseConfig, pythonClasses } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "xlm-roberta", base_model_prefix: "lsg" });
 * const { autoMap, fileName } = pythonClasses(config);
 * assertEquals(fileName, "modeling_lsg_xlm_roberta.py");
 * assertEquals(autoMap.AutoModel, "modeling_lsg_xlm_roberta.LSGXLMRobertaModel");
 * ```
 */
export function pythonClasses(config: ModelConfig): PythonClasses {
  const family = config.model_type.replace("-", "_");
  const module = `modeling_lsg_${family}`;
  const model = architectureOf(config, "Model");
  const classes: [string, string][] = [
    ["AutoConfig", model.replace(/Model$/, "Config")],
    ...headsOf(config).map((head): [string, string] => [
      autoClassOf(head),
      architectureOf(config, head),
    ]),
  ];
  const code = [
    `"""The model's classes are those of lsg-converter: pip install ${PYTHON_PACKAGES}"""`,
    `from lsg_converter.${family}.${module} import (  # noqa: F401`,
    ...classes.map(([, name]) => `    ${name},`),
    ")",
    "",
  ].join("\n");
  const autoMap = Object.fromEntries(classes.map(([auto, name]) => [auto, `${module}.${name}`]));
  return { fileName: `${module}.py`, code, autoMap };
}

/** The auto class of transformers that loads a head. */
function autoClassOf(head: Head): string {
  if (head === "Model") return "AutoModel";
  return head === "ConditionalGeneration" ? "AutoModelForSeq2SeqLM" : `AutoModelFor${head}`;
}
