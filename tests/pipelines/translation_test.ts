import { assertEquals, assertRejects } from "@std/assert";
import type { TranslationOptions } from "../../pipelines/mod.ts";
import { loadTask } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

const LANGUAGES = { src_lang: "en_XX", tgt_lang: "ro_RO" };

for (const name of ["mbart", "mbart50"]) {
  Deno.test(`${name} writes the language first, and reads text of the other`, async () => {
    using translator = await loadTask("translation", name);
    const ids: number[] = [];
    const streamer = {
      put: (value: bigint[][]) => void ids.push(...value.flat().map(Number)),
      end: () => {},
    };
    const options = { ...LANGUAGES, num_beams: 1, max_length: 6, streamer };
    await translator("the sea", { ...options, forced_bos_token_id: null });
    const start = translator.model.config.decoder_start_token_id;
    const [romanian] = translator.tokenizer.convert_tokens_to_ids(["ro_RO"]);
    assertEquals(ids.slice(0, 2), [start, romanian]);
    assertEquals(ids.length, 6);
  });

  const wrong: [Record<string, unknown>, typeof TypeError | typeof RangeError, string][] = [
    [{}, RangeError, "Cannot translate without src_lang: wanted one of "],
    [{ src_lang: "en_XX" }, RangeError, "Cannot translate without tgt_lang: wanted one of "],
    [{ tgt_lang: "ro_RO", src_lang: null }, RangeError, "without src_lang"],
    [{ ...LANGUAGES, src_lang: "en" }, RangeError, 'Cannot use src_lang "en": wanted one of'],
    [{ ...LANGUAGES, tgt_lang: "xx_XX" }, RangeError, 'Cannot use tgt_lang "xx_XX": wanted one'],
    [{ ...LANGUAGES, tgt_lang: 7 }, TypeError, "Cannot use tgt_lang 7"],
    [{ ...LANGUAGES, forced_bos_token_id: 5 }, TypeError, "with forced_bos_token_id: tgt_lang"],
    [{ ...LANGUAGES, num_beams: 0 }, RangeError, "num_beams 0"],
  ];
  for (const [options, error, message] of wrong) {
    Deno.test(`${name} does not translate with ${JSON.stringify(options)}`, async () => {
      using translator = await loadTask("translation", name);
      await assertRejects(() => translator("a", options as TranslationOptions), error, message);
    });
  }
}

Deno.test("a tokenizer without languages takes none", async () => {
  using translator = await loadTask("translation", "bart");
  for (const name of ["src_lang", "tgt_lang"]) {
    await assertRejects(
      () => translator("a", { [name]: "en_XX" }),
      RangeError,
      `Cannot translate with ${name} "en_XX": the tokenizer has no languages`,
    );
  }
  const nulls = { src_lang: null, tgt_lang: null } as unknown as TranslationOptions;
  assertEquals(await translator("a", nulls), await translator("a"));
  for (const options of [7, null]) {
    const wrong = options as unknown as TranslationOptions;
    await assertRejects(() => translator("a", wrong), TypeError, "wanted an object");
  }
  // What a text begins with is up to the caller here.
  const [{ translation_text }] = await translator("a", { forced_bos_token_id: 40, max_length: 3 });
  assertEquals(translation_text, translator.tokenizer.decode([40]));
});
