import { assert, assertEquals } from "@std/assert";
import { checkSingle, digest, openGoldens } from "./goldens.ts";

const families = ["bert_uncased", "bert_cased", "albert", "camembert", "xlm_roberta"];
const names = [
  ...families,
  "roberta",
  "prefix_space",
  "untrimmed",
  "prefix_space_untrimmed",
  "prefix_space_half",
  "added_tokens",
];
for (const name of names) {
  Deno.test(`${name}: ids and offsets of hostile texts are Python's`, async () => {
    checkSingle(...await openGoldens(name));
  });

  Deno.test(`${name}: ids and offsets of a text of 10,000 characters are Python's`, async () => {
    const [tokenizer, { long }] = await openGoldens(name);
    const text = long!.piece.repeat(long!.repeat);
    assert(text.length >= 10_000);
    assertEquals(tokenizer.encode(text).length, long!.tokens);
    assertEquals(await digest(tokenizer, text), long!.sha256);
  });

  Deno.test(`${name}: pairs, truncation, windows and padding are Python's`, async () => {
    const [tokenizer, { calls }] = await openGoldens(name);
    assert(calls!.length > 0);
    for (const { text, text_pair, options, expected } of calls!) {
      // The goldens have a single text as a batch of one.
      const asArray = (value: string | string[]) => Array.isArray(value) ? value : [value];
      const encoding = tokenizer(asArray(text), {
        ...options,
        text_pair: text_pair === undefined ? undefined : asArray(text_pair),
        return_tensor: false,
        return_offsets_mapping: true,
        return_special_tokens_mask: true,
        return_token_type_ids: true,
      });
      const digits = (rows: number[][]) => rows.map((row) => row.join(""));
      const message = JSON.stringify({ text, text_pair, options });
      assertEquals(encoding.input_ids, expected.input_ids, message);
      assertEquals(
        encoding.offset_mapping!.map((row) => row.flat()),
        expected.offset_mapping,
        message,
      );
      assertEquals(digits(encoding.attention_mask), expected.attention_mask, message);
      assertEquals(digits(encoding.token_type_ids!), expected.token_type_ids, message);
      assertEquals(digits(encoding.special_tokens_mask!), expected.special_tokens_mask, message);
      assertEquals(
        encoding.overflow_to_sample_mapping,
        expected.overflow_to_sample_mapping,
        message,
      );
    }
  });
}

for (const name of ["roberta", "added_tokens", ...families]) {
  Deno.test(`${name}: decoded texts are Python's`, async () => {
    const [tokenizer, { decode }] = await openGoldens(name);
    assert(decode!.length > 0);
    for (const { ids, texts } of decode!) {
      const settings = [[false, false], [false, true], [true, false], [true, true]];
      for (const [i, [skip_special_tokens, clean_up_tokenization_spaces]] of settings.entries()) {
        const options = { skip_special_tokens, clean_up_tokenization_spaces };
        const message = JSON.stringify({ ids, ...options });
        assertEquals(tokenizer.decode(ids, options), texts[i] ?? texts[0], message);
        assertEquals(tokenizer.batch_decode([ids.map(BigInt)], options), [texts[i] ?? texts[0]]);
      }
    }
  });
}

for (const name of families) {
  Deno.test(`${name}: ids and offsets of random texts are Python's`, async () => {
    const [tokenizer, { fuzz }] = await openGoldens(name);
    assert(fuzz!.length >= 300);
    for (const { text, sha256 } of fuzz!) {
      assertEquals((await digest(tokenizer, text)).slice(0, 8), sha256, JSON.stringify(text));
    }
  });

  Deno.test(`${name}: an encoding has the same parts as Python's by default`, async () => {
    const [tokenizer, { names }] = await openGoldens(name);
    assertEquals(Object.keys(tokenizer("a", { text_pair: "b" })).sort(), names!.sort());
  });

  Deno.test(`${name}: added tokens are found where Python finds them`, async () => {
    checkSingle(...await openGoldens(`${name}_added`));
  });
}
