import { assert, assertEquals } from "@std/assert";
import type { PreTrainedTokenizer } from "../../tokenizer/pre_trained_tokenizer.ts";
import { tokenizerFromFiles } from "../../tokenizer/tokenizer_from_files.ts";
import { checkSingle, type Goldens, readJson } from "./goldens.ts";

async function open(name: string): Promise<[PreTrainedTokenizer, Goldens]> {
  const goldens: Goldens = await readJson(`${name}/goldens.json`);
  const folder = goldens.changes ? "roberta" : name;
  const tokenizerJson = await readJson(`${folder}/tokenizer.json`);
  const tokenizerConfig = await readJson(`${folder}/tokenizer_config.json`);
  return [
    tokenizerFromFiles({
      tokenizerJson: { ...tokenizerJson, ...goldens.changes },
      tokenizerConfig,
    }),
    goldens,
  ];
}

const names = [
  "roberta",
  "prefix_space",
  "untrimmed",
  "prefix_space_untrimmed",
  "prefix_space_half",
  "added_tokens",
];
for (const name of names) {
  Deno.test(`${name}: ids and offsets of hostile texts are Python's`, async () => {
    checkSingle(...await open(name));
  });

  Deno.test(`${name}: ids and offsets of a text of 10,000 characters are Python's`, async () => {
    const [tokenizer, { long }] = await open(name);
    const text = long!.piece.repeat(long!.repeat);
    assert(text.length >= 10_000);
    const { input_ids, offset_mapping } = tokenizer(text, {
      return_tensor: false,
      return_offsets_mapping: true,
    });
    assertEquals(input_ids.length, long!.tokens);
    const json = new TextEncoder().encode(JSON.stringify([input_ids, offset_mapping!.flat()]));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", json));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    assertEquals(hex, long!.sha256);
  });

  Deno.test(`${name}: pairs, truncation, windows and padding are Python's`, async () => {
    const [tokenizer, { calls }] = await open(name);
    assert(calls!.length > 0);
    for (const { text, text_pair, options, expected } of calls!) {
      // One text as a batch of one, as the goldens have it.
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

for (const name of ["roberta", "added_tokens"]) {
  Deno.test(`${name}: decoded texts are Python's`, async () => {
    const [tokenizer, { decode }] = await open(name);
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
