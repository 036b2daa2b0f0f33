import { assert, assertEquals } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { readJson } from "./goldens.ts";

/** The output of tools/make_config_token_goldens.py. */
interface Goldens {
  texts: string[];
  cases: {
    json: Record<string, unknown>;
    config: Record<string, unknown>;
    map: Record<string, unknown> | null;
    ids: number[][];
    offsets: number[][];
    special: string[];
    special_ids: number[];
    decoded: string[] | null;
  }[];
}

const goldens: Goldens = await readJson("config_tokens.json");

Deno.test("tokens of the config, the map and the class are added as Python adds them", () => {
  assert(goldens.cases.length >= 60);
  for (const [i, { json, config, map, ...wanted }] of goldens.cases.entries()) {
    const tokenizer = tokenizerFromFiles({
      tokenizerJson: json,
      tokenizerConfig: config,
      ...(map && { specialTokensMap: map }),
    });
    const message = JSON.stringify({ i, config, map, added: json.added_tokens });
    assertEquals(tokenizer.all_special_tokens, wanted.special, message);
    assertEquals(tokenizer.all_special_ids, wanted.special_ids, message);
    for (const [t, text] of goldens.texts.entries()) {
      const { input_ids, offset_mapping } = tokenizer(text, {
        add_special_tokens: false,
        return_tensor: false,
        return_offsets_mapping: true,
      });
      assertEquals(input_ids, wanted.ids[t], `${message} ${text}`);
      assertEquals(offset_mapping!.flat(), wanted.offsets[t], `${message} ${text}`);
      if (wanted.decoded === null) continue;
      const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
      assertEquals(tokenizer.decode(input_ids, options), wanted.decoded[t], `${message} ${text}`);
    }
  }
});
