/** Pipelines of a rotary encoder whose tokenizer gives no token types. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { pipeline } from "../../pipelines/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { checkCase, type FillMaskCase } from "./fill_mask_goldens.ts";
import "../helpers/quiet_reference.ts";

/** Output of tools/make_modernbert_pipeline_goldens.py. */
interface Goldens {
  encodings: {
    text: string;
    text_pair: string | null;
    input_ids: number[];
    attention_mask: number[];
    decoded: string;
  }[];
  fill_mask: FillMaskCase[];
  features: { text: string; features: number[][] }[];
}

const root = new URL("../golden/pipelines/", import.meta.url);
const folder = fromFileUrl(new URL("modernbert", root));
const goldens: Goldens = JSON.parse(
  await Deno.readTextFile(new URL("modernbert.json", root)),
);

Deno.test("ModernBERT's kind of tokenizer gives Python's ids, and no token types", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  assertEquals(tokenizer.model_max_length, 64);
  for (const { text, text_pair, decoded, ...rows } of goldens.encodings) {
    const encoded = tokenizer(text, { text_pair: text_pair ?? undefined, return_tensor: false });
    assertEquals({ ...encoded }, rows, text);
    assertEquals(tokenizer.decode(rows.input_ids, { skip_special_tokens: true }), decoded);
  }
});

for (const golden of goldens.fill_mask) {
  Deno.test(`fill-mask with ModernBERT: ${golden.name}`, async () => {
    const unmasker = await pipeline("fill-mask", folder, { device: "cpu" });
    await checkCase(unmasker, golden);
    unmasker.dispose();
  });
}

Deno.test("feature-extraction with ModernBERT, each row and their mean", async () => {
  for (const device of ["cpu", "wasm"] as const) {
    const extractor = await pipeline("feature-extraction", folder, { device });
    for (const { text, features } of goldens.features) {
      const rows = await extractor(text);
      assertEquals(rows.dims, [1, features.length, 8]);
      // Python's are rounded to six digits; two layers of float32, of values around 1, are closer.
      features.flat().forEach((x, i) => assert(Math.abs(rows.data[i] - x) < 1e-5, `${i}: ${x}`));
      const mean = await extractor([text, `${text} And more.`], { pooling: "mean" });
      assertEquals(mean.dims, [2, 8]);
      const column = (c: number) =>
        features.reduce((sum, row) => sum + row[c], 0) / features.length;
      Array.from({ length: 8 }, (_, c) => assert(Math.abs(mean.data[c] - column(c)) < 1e-5));
    }
    extractor.dispose();
  }
});

Deno.test("a new head of ModernBERT classifies, with a warning that names what was drawn", async () => {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (message: string) => warnings.push(message);
  try {
    const classifier = await pipeline("text-classification", folder, {
      device: "wasm",
      id2label: ["no", "yes"],
      new_head: true,
    });
    const [{ label, score }] = await classifier("It was the captain.");
    assert(["no", "yes"].includes(label) && score >= 0.5, `${label} ${score}`);
    classifier.dispose();
  } finally {
    console.warn = warn;
  }
  // The prediction head is the language model's.
  assert(/classifier\.weight/.test(warnings.join()) && !/head\.dense/.test(warnings.join()));
});
