import { assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { targetIds } from "../../pipelines/target_ids.ts";
import { AutoTokenizer, tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { TINY_WORDS, tinyTokenizer } from "../helpers/tiny_checkpoint.ts";

const folder = new URL("../golden/conversion/roberta_512", import.meta.url);
const tokenizer = await AutoTokenizer.from_pretrained(fromFileUrl(folder));

/** The ids and the warnings. */
function run(targets: string | string[], of = tokenizer): { ids: number[]; warnings: string[] } {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (message) => warnings.push(message);
  try {
    return { ids: targetIds(of, targets), warnings };
  } finally {
    console.warn = warn;
  }
}

const idOf = (token: string) => tokenizer.convert_tokens_to_ids(token);

Deno.test("targetIds() accepts a word as the vocabulary spells it", () => {
  assertEquals(run("Ġthe"), { ids: [idOf("Ġthe")], warnings: [] });
});

Deno.test("targetIds() accepts a word as plain text", () => {
  assertEquals(run(" the"), { ids: [idOf("Ġthe")], warnings: [] });
});

Deno.test("targetIds() uses the first token of an unknown word, with a warning", () => {
  const { ids, warnings } = run("bridge");
  assertEquals(ids, [idOf("b")]);
  assertEquals(warnings.length, 1);
  assertEquals(warnings[0].includes('"bridge"') && warnings[0].includes('"b"'), true);
});

Deno.test("targetIds() returns ids without duplicates, in the order of the words", () => {
  assertEquals(run(["r", "Ġthe", "r", " the"]).ids, [idOf("r"), idOf("Ġthe")]);
});

Deno.test("targetIds() finds special tokens, including the unknown one", () => {
  assertEquals(run(["<unk>", "</s>"]), { ids: [3, 2], warnings: [] });
});

Deno.test("targetIds() warns of words that become the unknown token", () => {
  const unknown = TINY_WORDS.indexOf("[UNK]");
  // With a role for it, and without.
  for (const tokenizerConfig of [{ tokenizer_class: "BertTokenizer" }, {}]) {
    const tokenizer = tokenizerFromFiles({ tokenizerJson: tinyTokenizer(), tokenizerConfig });
    const { ids, warnings } = run(["sea", "xyz", "[UNK]", "\u4f60running"], tokenizer);
    assertEquals(ids, [TINY_WORDS.indexOf("sea"), unknown]);
    assertEquals(warnings.map((warning) => warning.includes("[UNK]")), [true, true]);
    assertEquals(warnings[0].includes('"xyz"'), true);
  }
});

Deno.test("targetIds() finds words of a vocabulary without an unknown token", () => {
  const file = JSON.parse(Deno.readTextFileSync(new URL("tokenizer.json", `${folder}/`)));
  const tokenizer = tokenizerFromFiles({ tokenizerJson: { ...file, added_tokens: [] } });
  assertEquals(tokenizer.unk_token_id, undefined);
  const { ids, warnings } = run(["Ġthe", " the", "bridge"], tokenizer);
  assertEquals(ids, [idOf("Ġthe"), idOf("b")]);
  assertEquals(warnings.length, 1);
});

Deno.test("targetIds() refuses targets that are not words", () => {
  for (const targets of [3, null, {}, [3], ["e", undefined]]) {
    assertThrows(() => targetIds(tokenizer, targets as string[]), TypeError, "targets");
  }
  assertThrows(() => targetIds(tokenizer, []), RangeError, "no targets");
  assertThrows(() => targetIds(tokenizer, ["e", ""]), RangeError, '""');
});
