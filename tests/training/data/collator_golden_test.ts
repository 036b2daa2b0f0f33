/** Labels of tokens and places of answers beside those of transformers' fast tokenizers. */
import { assert, assertEquals } from "@std/assert";
import {
  AutoModelForQuestionAnswering,
  AutoModelForTokenClassification,
} from "../../../models/mod.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";
import { Collator } from "../../../training/data/mod.ts";
import { goldenPath } from "../../models/golden_models.ts";
import { warningsOf } from "../../helpers/warnings_of.ts";

interface Golden {
  readonly context: string;
  readonly cases: readonly {
    readonly tokenizer: string;
    readonly tags: readonly {
      readonly words: readonly string[];
      readonly ids: readonly number[];
      readonly labels: readonly number[];
    }[];
    readonly answers: readonly {
      readonly question: string;
      readonly answers: object;
      readonly max_length: number | null;
      readonly ids: readonly number[];
      readonly places: readonly number[];
    }[];
  }[];
}

const golden: Golden = JSON.parse(await Deno.readTextFile(goldenPath("training/data.json")));
const FOLDER = goldenPath("conversion/bert_512");

Deno.test("tags and answers are on the tokens on which transformers' examples have them", async () => {
  assert(golden.cases.length >= 6);
  await warningsOf(async () => {
    const names = Array.from({ length: 8 }, (_, i) => `word ${i}`);
    using tagger = await AutoModelForTokenClassification.from_pretrained(FOLDER, {
      id2label: names,
    });
    using reader = await AutoModelForQuestionAnswering.from_pretrained(FOLDER, { new_head: true });
    let cut = 0;
    for (const { tokenizer: name, tags, answers } of golden.cases) {
      const tokenizer = await AutoTokenizer.from_pretrained(goldenPath(`tokenizer/${name}`));
      const collator = new Collator(tagger, tokenizer);
      for (const { words, ids, labels } of tags) {
        const example = { tokens: words, tags: words.map((_, i) => `word ${i}`) };
        const batch = collator.collate([example]);
        assertEquals([...batch.input_ids.data], ids, name);
        assertEquals([...batch.labels!.data], labels, `${name}: ${words}`);
      }
      for (const { question, answers: wanted, max_length, ids, places } of answers) {
        const collator = new Collator(reader, tokenizer, {
          truncation: max_length !== null,
          ...(max_length && { max_length }),
        });
        const example = { question, context: golden.context, answers: wanted };
        const { input_ids, start_positions, end_positions } = collator.collate([example]);
        assertEquals([...input_ids.data], ids, name);
        const made = [start_positions, end_positions].flatMap((tensor) => tensor!.tolist());
        assertEquals(made, places, `${name}: ${JSON.stringify(wanted)}`);
        if (places[1] === 0) cut++;
      }
    }
    assert(cut > 0, "some answers are cut off");
  });
});
