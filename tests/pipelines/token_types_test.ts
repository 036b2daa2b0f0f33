import { assertEquals } from "@std/assert";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import "../helpers/quiet_reference.ts";

/** Models that a BERT tokenizer gives token types that they do not have. */
const CONFIGS = {
  "no token types": { model_type: "distilbert", dim: 8, n_layers: 1, n_heads: 2, hidden_dim: 16 },
  "a single token type": { model_type: "roberta", type_vocab_size: 1, pad_token_id: 0 },
};
const NLI = { id2label: { 0: "entailment", 1: "neutral" } };
const PAIR = { text: "the old house", text_pair: "the river running" };

for (const [name, config] of Object.entries(CONFIGS)) {
  const load = (head: "SequenceClassification" | "QuestionAnswering", typed = true) =>
    tinyCheckpoint(head, { ...config, ...NLI }, {
      "tokenizer_config.json": {
        tokenizer_class: "BertTokenizer",
        ...(!typed && { model_input_names: ["input_ids", "attention_mask"] }),
      },
    });

  Deno.test(`pairs of texts for a model of ${name}`, async () => {
    const scores = async (typed: boolean) => {
      const source = await load("SequenceClassification", typed);
      using classifier = await pipeline("text-classification", source, { device: "cpu" });
      using hypotheses = await pipeline("zero-shot-classification", source, { device: "cpu" });
      return [
        await classifier([PAIR, { text: "sea", text_pair: "seaside." }], { top_k: null }),
        await hypotheses([PAIR.text, "bath"], ["sea", "river"]),
      ];
    };
    assertEquals(await scores(true), await scores(false));
  });

  Deno.test(`questions for a model of ${name}`, async () => {
    const answers = async (typed: boolean) => {
      const source = await load("QuestionAnswering", typed);
      using answerer = await pipeline("question-answering", source, { device: "cpu" });
      return await answerer(PAIR.text, ["the river running", "bath : the sea ."], { top_k: 3 });
    };
    assertEquals(await answers(true), await answers(false));
  });
}

Deno.test("a model without token types takes what a tokenizer gives for a pair", async () => {
  const source = await tinyCheckpoint("SequenceClassification", CONFIGS["no token types"]);
  const tokenizer = await AutoTokenizer.from_pretrained(source);
  using model = await AutoModelForSequenceClassification.from_pretrained(source, { device: "cpu" });
  const { token_type_ids, ...plain } = tokenizer(PAIR.text, { text_pair: PAIR.text_pair });
  assertEquals(token_type_ids!.data.includes(1n), true);
  const { logits } = await model({ ...plain, token_type_ids });
  assertEquals(logits.data, (await model(plain)).logits.data);
});
