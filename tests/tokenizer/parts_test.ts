import { assert, assertEquals } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { digest, readJson } from "./goldens.ts";

/** The output of tools/make_tokenizer_part_goldens.py. */
interface PartGoldens {
  model: Record<string, unknown>;
  texts: string[];
  cases: { normalizer?: object; pre_tokenizer: object; digests: string }[];
  tokens: string[];
  rows: number[][];
  decoding: { decoder: object; texts: string[] }[];
}

const goldens: PartGoldens = await readJson("parts.json");

Deno.test("normalizers and pre-tokenizers give Python's results for hostile texts", async () => {
  assert(goldens.cases.length > 60 && goldens.texts.length > 100);
  for (const { digests, ...parts } of goldens.cases) {
    const tokenizer = tokenizerFromFiles({ tokenizerJson: { model: goldens.model, ...parts } });
    for (const [i, text] of goldens.texts.entries()) {
      assertEquals(
        (await digest(tokenizer, text)).slice(0, 8),
        digests.slice(8 * i, 8 * i + 8),
        JSON.stringify({ ...parts, text }),
      );
    }
  }
});

Deno.test("decoders give Python's results", () => {
  const vocab = goldens.tokens.map((token) => [token, 0]);
  assert(goldens.decoding.length > 10);
  for (const { decoder, texts } of goldens.decoding) {
    const tokenizer = tokenizerFromFiles({
      tokenizerJson: { model: { type: "Unigram", unk_id: 0, vocab }, decoder },
    });
    for (const [i, ids] of goldens.rows.entries()) {
      const text = tokenizer.decode(ids, { clean_up_tokenization_spaces: false });
      assertEquals(text, texts[i], JSON.stringify({ decoder, ids }));
    }
  }
});
