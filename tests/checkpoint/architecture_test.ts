import { assertEquals, assertThrows } from "@std/assert";
import { architectureOf, headOf } from "../../checkpoint/architecture.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { FAMILIES, type ModelType } from "../../families/families.ts";
import { tinyConfig } from "./tiny_checkpoint.ts";

Deno.test("architectureOf() and headOf() use the class names of transformers", () => {
  const roberta = tinyConfig();
  const xlm = tinyConfig({ model_type: "xlm-roberta", base_model_prefix: "lsg" });
  const camembert = tinyConfig({ model_type: "camembert" });
  assertEquals(architectureOf(roberta, "MaskedLM"), "RobertaForMaskedLM");
  assertEquals(architectureOf(xlm, "Model"), "LSGXLMRobertaModel");
  assertEquals(headOf(xlm, "XLMRobertaForMaskedLM"), "MaskedLM");
  assertEquals(headOf(camembert, "LSGCamembertModel"), "Model");
});

Deno.test("headOf() lists the supported classes", () => {
  for (const name of ["RobertaForPreTraining", "RobertaLMHeadModel", "BertModel", "", "LSGModel"]) {
    assertThrows(
      () => headOf(tinyConfig(), name),
      RangeError,
      "supported: RobertaModel, RobertaForMaskedLM",
    );
  }
});

// The classes in transformers.
const CLASSES: Record<ModelType, string> = {
  albert: "Albert",
  bart: "Bart",
  bert: "Bert",
  camembert: "Camembert",
  distilbert: "DistilBert",
  electra: "Electra",
  eurobert: "EuroBert",
  gpt_neox: "GPTNeoX",
  led: "LED",
  llama: "Llama",
  longformer: "Longformer",
  mbart: "MBart",
  mistral: "Mistral",
  modernbert: "ModernBert",
  nomic_bert: "NomicBert",
  pegasus: "Pegasus",
  phi: "Phi",
  qwen2: "Qwen2",
  qwen3: "Qwen3",
  roberta: "Roberta",
  "xlm-roberta": "XLMRoberta",
};
const OF_BART = [
  "Model",
  "ForConditionalGeneration",
  "ForSequenceClassification",
  "ForQuestionAnswering",
];
const ENCODER_DECODERS: Partial<Record<ModelType, string[]>> = {
  bart: OF_BART,
  led: OF_BART,
  mbart: OF_BART,
  pegasus: ["Model", "ForConditionalGeneration"],
};
const OF_DECODER = ["Model", "ForCausalLM"];
const DECODERS: readonly ModelType[] = ["gpt_neox", "llama", "mistral", "phi", "qwen2", "qwen3"];
const FEW: readonly ModelType[] = ["eurobert", "nomic_bert"];
const COMMON = [
  "Model",
  "ForMaskedLM",
  "ForSequenceClassification",
  "ForTokenClassification",
  "ForQuestionAnswering",
  "ForMultipleChoice",
];
const MORE: Partial<Record<ModelType, string[]>> = {
  bert: ["LMHeadModel"],
  camembert: ["ForCausalLM"],
  electra: ["ForCausalLM", "ForPreTraining"],
  roberta: ["ForCausalLM"],
  "xlm-roberta": ["ForCausalLM"],
};

for (const [model_type, className] of Object.entries(CLASSES) as [ModelType, string][]) {
  Deno.test(`every class of ${className} maps to a head and back`, () => {
    const suffixes = DECODERS.includes(model_type)
      ? OF_DECODER
      : FEW.includes(model_type)
      ? COMMON.slice(0, 4)
      : ENCODER_DECODERS[model_type] ?? [...COMMON, ...MORE[model_type] ?? []];
    const config = parseConfig({ model_type });
    for (const suffix of suffixes) {
      const head = headOf(config, className + suffix);
      assertEquals(architectureOf(config, head), className + suffix);
      assertEquals(headOf(config, `LSG${className}${suffix}`), head);
    }
    assertEquals(suffixes.length, 1 + Object.keys(FAMILIES[model_type].heads).length);
  });
}

Deno.test("architectureOf() lists the family's heads", () => {
  assertThrows(
    () => architectureOf(parseConfig({ model_type: "distilbert" }), "CausalLM"),
    RangeError,
    "DistilBert has no head CausalLM; heads: Model, MaskedLM",
  );
});
