import { assertEquals } from "@std/assert";
import { chooseHead } from "../../checkpoint/choose_head.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { drawParameters } from "../../checkpoint/conversion/draw_parameters.ts";
import type { Head } from "../../families/families.ts";
import { modelParameters } from "../../checkpoint/model_parameters.ts";
import { Random } from "../../tensor/random.ts";

const TINY = { vocab_size: 9, embedding_size: 4, hidden_size: 4, num_attention_heads: 2 };
const SIZES = { ...TINY, num_hidden_layers: 1, intermediate_size: 5, max_position_embeddings: 7 };

/** Returns the head chosen for a file with the tensors of `head`, and the number of warnings. */
function choose(model_type: string, head: Head, architectures?: string[]): [Head, number] {
  const config = parseConfig({ ...SIZES, model_type, architectures });
  const weights = drawParameters(modelParameters(config, head), 1, new Random(0));
  const warnings: string[] = [];
  const chosen = chooseHead(config, weights, (message) => warnings.push(message));
  return [chosen, warnings.length];
}

Deno.test("chooseHead() takes the class named in the config, whichever tensors are present", () => {
  assertEquals(choose("bert", "Model", ["BertForMaskedLM"]), ["MaskedLM", 0]);
  assertEquals(choose("bert", "MaskedLM", ["LSGBertModel"]), ["Model", 0]);
});

Deno.test("chooseHead() chooses by the tensors if the config names no class", () => {
  const cases: [string, Head][] = [
    ["bert", "Model"],
    ["bert", "MaskedLM"],
    ["bert", "QuestionAnswering"],
    ["distilbert", "SequenceClassification"],
    ["electra", "PreTraining"],
    ["albert", "MaskedLM"],
  ];
  for (const [model_type, head] of cases) assertEquals(choose(model_type, head), [head, 0]);
});

Deno.test("chooseHead() chooses by the tensors if the class is not supported, and warns", () => {
  assertEquals(choose("bert", "MaskedLM", ["BertForPreTraining"]), ["MaskedLM", 1]);
  assertEquals(choose("albert", "MaskedLM", ["AlbertForPreTraining"]), ["MaskedLM", 1]);
  assertEquals(choose("bert", "Model", ["BertForNextSentencePrediction"]), ["Model", 1]);
});
