import { assert, assertEquals } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { readJson } from "./goldens.ts";

/** The output of tools/make_bpe_goldens.py. */
interface BpeGoldens {
  cases: {
    model: object;
    pre_tokenizer: object | null;
    texts: { text: string; ids: number[]; offsets?: number[] }[];
  }[];
}

Deno.test("random BPE models give Python's ids and offsets for random texts", async () => {
  const { cases }: BpeGoldens = await readJson("bpe.json");
  assert(cases.length >= 48);
  for (const { model, pre_tokenizer, texts } of cases) {
    const tokenizer = tokenizerFromFiles({ tokenizerJson: { model, pre_tokenizer } });
    for (const { text, ids, offsets } of texts) {
      const encoding = tokenizer(text, { return_tensor: false, return_offsets_mapping: true });
      const message = JSON.stringify({ text, model, pre_tokenizer });
      assertEquals(encoding.input_ids, ids, message);
      if (offsets) assertEquals(encoding.offset_mapping!.flat(), offsets, message);
    }
  }
});
