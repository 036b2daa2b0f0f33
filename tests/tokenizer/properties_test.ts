import { assert, assertEquals } from "@std/assert";
import { openGoldens } from "./goldens.ts";

for (
  const name of ["bert_uncased", "bert_cased", "albert", "camembert", "xlm_roberta", "roberta"]
) {
  Deno.test(`${name}: offsets ascend and stay inside the text`, async () => {
    const [tokenizer, { single, fuzz = [] }] = await openGoldens(name);
    for (const { text } of [...single, ...fuzz]) {
      const { offset_mapping } = tokenizer(text, {
        return_tensor: false,
        return_offsets_mapping: true,
        add_special_tokens: false,
      });
      let before = 0;
      for (const [start, end] of offset_mapping!) {
        assert(before <= start && start <= end && end <= text.length, JSON.stringify(text));
        assert(text.slice(start, end).isWellFormed(), JSON.stringify(text));
        before = start;
      }
    }
  });

  Deno.test(`${name}: decoding ids and encoding the text again gives the ids`, async () => {
    const [tokenizer] = await openGoldens(name);
    const sentence = "it was a dark and stormy night, and nobody would have gone out.";
    const ids = tokenizer.encode(sentence);
    const text = tokenizer.decode(ids, { skip_special_tokens: true });
    assertEquals(text, sentence);
    assertEquals(tokenizer.encode(text), ids);
  });
}
