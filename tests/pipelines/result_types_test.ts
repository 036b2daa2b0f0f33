/** Types of results: what a call returns is used without casts. `deno test` checks them. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  AutoModel,
  AutoModelForSequenceClassification,
  AutoTokenizer,
  type BatchEncoding,
  type FillMaskResult,
  pipeline,
  type QuestionAnsweringResult,
  type SummarizationResult,
  type Tensor,
  type TextClassificationResult,
  type TokenClassificationResult,
  type ZeroShotClassificationResult,
} from "../../mod.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const folder = (name: string) => goldenPath(`pipelines/${name}`);

/** True if two types are the same one, not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Fails to compile unless the value has the type. */
function isA<Wanted>() {
  return <Given>(value: Given, ..._same: Same<Given, Wanted> extends true ? [] : [never]) => value;
}

Deno.test("feature-extraction gives tensors whose type follows the options", async () => {
  using extractor = await pipeline("feature-extraction", folder("bert_sentences"));
  const out = await extractor("A river.", { pooling: "mean", normalize: true });
  isA<Tensor<"float32">>()(out);
  isA<Float32Array>()(out.data);
  assertEquals(out.tolist()[0].length, 8);
  const rows = isA<Tensor<"float32">>()(await extractor(["A river.", "A sea."]));
  assertEquals(rows.dims, [2, 8]);
  const bits = isA<Tensor<"int8">>()(await extractor("A river.", { quantize: true }));
  assertEquals(bits.dims, [1, 1]);
  const options = { quantize: true, precision: "ubinary" } as const;
  const bytes = isA<Tensor<"uint8">>()(await extractor("A river.", options));
  // Each bit is whether a number is above 0.
  const wanted = rows[0].tolist().map((x: number) => x > 0 ? 1 : 0).join("");
  assertEquals(bytes.item(), parseInt(wanted, 2));
  assertEquals(bits.item(), parseInt(wanted, 2) - 128);
  const extract = (quantize: boolean) => extractor("A river.", { quantize });
  assertEquals(isA<Tensor<"float32" | "int8" | "uint8">>()(await extract(true)).type, "int8");
});

Deno.test("feature-extraction takes transformers.js's names of poolings", async () => {
  using extractor = await pipeline("embeddings", folder("bert_sentences"));
  const texts = ["A river.", "A longer sentence about the sea."];
  const pairs = [["first_token", "cls"], ["last_token", "lasttoken"], [
    "eos",
    "lasttoken",
  ]] as const;
  for (const [theirs, ours] of pairs) {
    const given = await extractor(texts, { pooling: theirs });
    assertEquals(given.data, (await extractor(texts, { pooling: ours })).data);
  }
  await assertRejects(() => extractor("a", { precision: "binary" }), TypeError, "wanted quantize");
  await assertRejects(
    () => extractor("a", { pooling: "none", quantize: true }),
    RangeError,
    "Cannot quantize embeddings of shape",
  );
});

Deno.test("text-classification gives a list for one text, by top_k for several", async () => {
  using classifier = await pipeline("sentiment-analysis", folder("bert_nli"));
  const [best] = isA<TextClassificationResult[]>()(await classifier("The river rose."));
  const all = await classifier("The river rose.", { top_k: null });
  assertEquals(isA<TextClassificationResult[]>()(all)[0], best);
  const many = isA<TextClassificationResult[]>()(await classifier(["The river rose.", "Why?"]));
  assertEquals(many[0].label, best.label);
  const lists = await classifier(["The river rose."], { top_k: 2 });
  assertEquals(isA<TextClassificationResult[][]>()(lists)[0][0].label, best.label);
  const classify = (texts: string | string[]) => classifier(texts);
  assertEquals(await classify("The river rose."), await classify(["The river rose."]));
});

Deno.test("fill-mask gives words, of several masks the lists that are asked for", async () => {
  using unmasker = await pipeline("fill-mask", goldenPath("conversion/roberta_512"));
  const words = isA<FillMaskResult[]>()(await unmasker("the <mask> ran"));
  assertEquals(words[0].sequence.includes(words[0].token_str.trim()), true);
  const several = isA<FillMaskResult[][]>()(await unmasker(["the <mask>", "a <mask>"]));
  assertEquals(several.map(({ length }) => length), [5, 5]);
  const lists: FillMaskResult[][] = await unmasker("the <mask> <mask>");
  assertEquals(lists.map(([{ token_str }]) => typeof token_str), ["string", "string"]);
});

Deno.test("the other pipelines' results need no casts", async () => {
  using tagger = await pipeline("ner", folder("bert_tags"));
  const tokens = isA<TokenClassificationResult[]>()(await tagger("Isabella left Bath."));
  assertEquals(tokens.every(({ entity }) => entity !== "O"), true);
  const [groups] = await tagger(["Isabella left Bath."], { aggregation_strategy: "simple" });
  assertEquals(groups.every(({ entity_group }) => entity_group !== "O"), true);

  using answerer = await pipeline("question-answering", folder("bert_answers"));
  const context = "Isabella left Bath for London.";
  const answer = isA<QuestionAnsweringResult>()(await answerer("Who left?", context));
  const answers = await answerer("Who left?", context, { top_k: 2 });
  assertEquals(isA<QuestionAnsweringResult[]>()(answers)[0], answer);

  using zeroShot = await pipeline("zero-shot-classification", folder("bert_nli"));
  const one = isA<ZeroShotClassificationResult>()(await zeroShot("A river.", ["war", "water"]));
  const list = await zeroShot(["A river."], ["war", "water"]);
  assertEquals(isA<ZeroShotClassificationResult[]>()(list), [one]);

  using writer = await pipeline("summarization", folder("bart"));
  const [{ summary_text }] = await writer("The river ran past.", { max_new_tokens: 4 });
  const summaries = await writer(["The river ran past."], { max_new_tokens: 4 });
  assertEquals(isA<SummarizationResult[]>()(summaries), [{ summary_text }]);
});

Deno.test("outputs of models and tokenizers need no casts", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained(folder("bert_nli"));
  using model = await AutoModelForSequenceClassification.from_pretrained(folder("bert_nli"));
  const inputs = tokenizer(["A river.", "A sea."], {
    text_pair: ["Water.", "Land."],
    padding: true,
  });
  const { logits } = await model(inputs);
  isA<Tensor<"float32">>()(logits);
  for (const row of logits) assertEquals(row.argmax().item() < 3n, true);
  const scores: number[][] = logits.sigmoid().tolist();
  assertEquals(scores.map(({ length }) => length), [3, 3]);
  const { input_ids } = isA<BatchEncoding<Tensor<"int64">>>()(inputs);
  assertEquals(input_ids.tolist()[0].length, input_ids.dims[1]);
  const ids = isA<number[]>()(tokenizer("A river.", { return_tensor: false }).input_ids);
  const rows = tokenizer(["A river."], { return_tensor: false }).input_ids;
  assertEquals(isA<number[][]>()(rows), [ids]);
  using encoder = await AutoModel.from_pretrained(folder("bert_sentences"));
  const { last_hidden_state } = await encoder(tokenizer("A river."));
  assertEquals(isA<Tensor<"float32">>()(last_hidden_state).dims.length, 3);
});
