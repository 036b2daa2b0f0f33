import { assert, assertEquals, assertRejects } from "@std/assert";
import * as mod from "../../mod.ts";
import { architectureOf } from "../../checkpoint/architecture.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { FAMILIES, type Head, type ModelType } from "../../families/families.ts";

const heads = new URL("../golden/heads/", import.meta.url);

Deno.test("each family's classes have the names of transformers", () => {
  const classes = Object.keys(mod);
  const wanted: Head[] = [
    "MaskedLM",
    "SequenceClassification",
    "TokenClassification",
    "QuestionAnswering",
    "ConditionalGeneration",
  ];
  for (const model_type of Object.keys(FAMILIES) as ModelType[]) {
    const { heads, decoder } = FAMILIES[model_type];
    if (decoder) continue;
    const config = parseConfig({ model_type });
    for (const head of ["Model", ...wanted.filter((each) => each in heads)] as Head[]) {
      assert(classes.includes(architectureOf(config, head)), architectureOf(config, head));
    }
  }
});

Deno.test("a family's class loads its checkpoints and passes options on", async () => {
  using model = await mod.BertForSequenceClassification.from_pretrained(
    new URL("bert_sequence_classification/", heads),
    { device: "cpu", config: { hidden_dropout_prob: 0 } },
  );
  assert(model instanceof mod.SequenceClassification);
  assertEquals(model.backend.name, "cpu");
  using writer = await mod.BartForConditionalGeneration.from_pretrained(
    new URL("../golden/seq2seq/bart/", import.meta.url),
  );
  assert(writer instanceof mod.Seq2SeqLM);
});

Deno.test("a family's class refuses checkpoints of another family, and wrong options", async () => {
  const folder = new URL("bert_sequence_classification/", heads);
  await assertRejects(
    () => mod.RobertaForSequenceClassification.from_pretrained(folder),
    RangeError,
    "of model_type bert with a class of Roberta: AutoModel and its siblings load any family",
  );
  const unknown = { devise: "cpu" } as mod.PreTrainedOptions;
  await assertRejects(() => mod.BertModel.from_pretrained(folder, unknown), TypeError, "devise");
});
