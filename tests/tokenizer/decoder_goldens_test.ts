import { assert, assertEquals } from "@std/assert";
import { TextStreamer } from "../../generation/mod.ts";
import { type PreTrainedTokenizer, tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { parseTokenizerJson } from "../../tokenizer/parse_tokenizer_json.ts";
import { readJson } from "./goldens.ts";

/** The output of tools/make_decoder_tokenizer_goldens.py; texts with special tokens and without. */
interface DecoderGoldens {
  tokenizer: Record<string, unknown>;
  encode: { text: string; ids: number[]; offsets: number[]; texts: string[] }[];
  decode: { ids: number[]; texts: string[] }[];
}

const FORMS = ["prepend", "metaspace", "replace", "ignore_merges"];

async function open(name: string): Promise<[DecoderGoldens, PreTrainedTokenizer]> {
  const goldens: DecoderGoldens = await readJson(`decoders/${name}.json`);
  return [goldens, tokenizerFromFiles({ tokenizerJson: goldens.tokenizer })];
}

function decodeBoth(tokenizer: PreTrainedTokenizer, ids: number[]): string[] {
  return [false, true].map((skip_special_tokens) =>
    tokenizer.decode(ids, { skip_special_tokens, clean_up_tokenization_spaces: false })
  );
}

for (const name of FORMS) {
  Deno.test(`tokenizers of language models give Python's ids, offsets and texts: ${name}`, async () => {
    const [{ encode, decode }, tokenizer] = await open(name);
    assert(encode.length > 100 && decode.length > 50);
    for (const { text, ids, offsets, texts } of encode) {
      const encoding = tokenizer(text, { return_tensor: false, return_offsets_mapping: true });
      assertEquals(encoding.input_ids, ids, JSON.stringify(text));
      assertEquals(encoding.offset_mapping!.flat(), offsets, JSON.stringify(text));
      assertEquals(decodeBoth(tokenizer, ids), texts, JSON.stringify(text));
    }
    for (const { ids, texts } of decode) {
      assertEquals(decodeBoth(tokenizer, ids), texts, String(ids));
    }
  });

  Deno.test(`a tokenizer.json read from its bytes is the same tokenizer: ${name}`, async () => {
    const [{ tokenizer: json, encode }] = await open(name);
    const bytes = new TextEncoder().encode(JSON.stringify(json, null, 1));
    const tokenizer = tokenizerFromFiles({ tokenizerJson: parseTokenizerJson(bytes, "x.json") });
    for (const { text, ids } of encode) assertEquals(tokenizer.encode(text), ids);
  });

  Deno.test(`streams give a text in whole characters: ${name}`, async () => {
    const [{ encode, decode }, tokenizer] = await open(name);
    for (const { ids } of [...encode, ...decode].filter(({ ids }) => ids.length < 60)) {
      const pieces: string[] = [];
      const decode_kwargs = { clean_up_tokenization_spaces: false };
      const streamer = new TextStreamer(tokenizer, {
        decode_kwargs,
        callback_function: (piece) => pieces.push(piece),
      });
      streamer.put([[]]); // no prompt
      for (const id of ids) streamer.put([[BigInt(id)]]);
      const before = pieces.length;
      streamer.end();
      const text = tokenizer.decode(ids, { ...decode_kwargs, skip_special_tokens: true });
      // What is no character stays so, whatever comes after: the streamer may give it out then.
      if (!text.includes("\ufffd")) assertEquals(pieces.join(""), text, String(ids));
      for (const piece of pieces.slice(0, before)) {
        assert(!piece.endsWith("\ufffd"), `${ids}: ${JSON.stringify(piece)}`);
        assert(piece.isWellFormed());
      }
    }
  });
}
