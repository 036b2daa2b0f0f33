import { assertEquals, assertThrows } from "@std/assert";
import { architectureOf, headOf } from "../../checkpoint/architecture.ts";
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

Deno.test("headOf() lists what is supported", () => {
  for (const name of ["RobertaForSequenceClassification", "BertModel", "", "LSGModel"]) {
    assertThrows(
      () => headOf(tinyConfig(), name),
      RangeError,
      "these are: RobertaModel, RobertaForMaskedLM",
    );
  }
});
