import { assert, assertEquals } from "@std/assert";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { digest, readJson, sha256OfJson } from "./goldens.ts";

/** The output of tools/make_vocabulary_goldens.py. */
interface Case {
  name: string;
  vocabulary: string;
  files: Record<string, unknown>;
  digests: string[];
  ids: number[];
  pairs: number[][];
  special: [string[], number[]];
  decoded: string[];
  names: string[];
  batch: [number[][], number[][], number[][]];
  pair_labels: number[];
  languages?: [string, number][];
  italian?: number[];
}

const root = new URL("../golden/tokenizer/vocabulary/", import.meta.url);
const { texts, pairs, targets, cases }: {
  texts: string[];
  targets: string[];
  pairs: [string, string][];
  cases: Case[];
} = await readJson("vocabulary/goldens.json");

/** Loads a case's tokenizer from its vocabulary and its other files. */
function open({ vocabulary, files }: Case): Promise<PreTrainedTokenizer> {
  const folder = new FolderSource(new URL(vocabulary, root).pathname);
  const entries = Object.entries(files).map(([name, content]) => [name, JSON.stringify(content)]);
  const memory = new MemorySource(Object.fromEntries(entries));
  return AutoTokenizer.from_pretrained({
    name: vocabulary,
    open: async (file) => await memory.open(file) ?? await folder.open(file),
  });
}

for (const golden of cases) {
  Deno.test(`${golden.name}: ids, offsets and decoded texts are Python's`, async () => {
    const tokenizer = await open(golden);
    assertEquals(tokenizer.encode(texts[4]), golden.ids);
    for (const [i, [text, text_pair]] of pairs.entries()) {
      assertEquals(tokenizer.encode(text, { text_pair }), golden.pairs[i], text);
    }
    assertEquals([tokenizer.all_special_tokens, tokenizer.all_special_ids], golden.special);
    assertEquals(Object.keys(tokenizer("a", { text_pair: "b" })).sort(), golden.names);
    assert(texts.length > 150);
    for (const [i, text] of texts.entries()) {
      const found = (await digest(tokenizer, text)).slice(0, 8);
      assertEquals(found, golden.digests[i], JSON.stringify([text, tokenizer.encode(text)]));
      const ids = tokenizer.encode(text);
      const decoded = [
        tokenizer.decode(ids),
        tokenizer.decode(ids, { skip_special_tokens: true }),
        tokenizer.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
        tokenizer.decode(ids, { clean_up_tokenization_spaces: false }),
        tokenizer.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: true }),
      ];
      const hash = (await sha256OfJson(decoded)).slice(0, 8);
      assertEquals(hash, golden.decoded[i], JSON.stringify([text, decoded]));
    }
  });
}

for (const golden of cases) {
  Deno.test(`${golden.name}: labels and languages are Python's`, async () => {
    const tokenizer = await open(golden);
    if (golden.languages) tokenizer.tgt_lang ??= "fr_XX";
    const { input_ids, attention_mask, labels } = tokenizer(targets, {
      text_target: targets.toReversed(),
      padding: true,
      truncation: true,
      max_length: 12,
      return_tensor: false,
    });
    assertEquals([input_ids, attention_mask, labels], golden.batch);
    const single = tokenizer(targets[0], {
      text_target: targets[1],
      text_pair_target: "b",
      return_tensor: false,
    });
    assertEquals(single.labels, golden.pair_labels);
    const known = golden.languages ?? [];
    assertEquals([...tokenizer.language_codes].sort(), known.map(([code]) => code).sort());
    for (const [code, id] of known) {
      assertEquals(tokenizer._languageId(code, "tgt_lang"), id);
      assertEquals(tokenizer.convert_tokens_to_ids(code), id);
    }
    if (golden.italian === undefined) return;
    const [text, text_pair] = pairs[0];
    assertEquals(tokenizer.encode(text, { text_pair, src_lang: "it_IT" }), golden.italian);
    tokenizer.src_lang = "it_IT";
    assertEquals(tokenizer.encode(text, { text_pair }), golden.italian);
  });
}
