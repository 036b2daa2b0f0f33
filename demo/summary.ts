/**
 * `deno task demo:summary [options]`: a small BART, trained on 512 positions, finds the most telling
 * sentences of a chapter of 4,096 tokens.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Command, OptionValues } from "../cli/arguments.ts";
import { UsageError } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { MODEL_OPTIONS } from "../cli/model_options.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { BACKEND_NAMES } from "../device.ts";
import { AutoModelForSeq2SeqLM } from "../generation/mod.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { lead, longest } from "./baselines.ts";
import { readPassage } from "./passage.ts";
import { principalSentences } from "./principal_sentences.ts";
import { rouge } from "../cli/rouge.ts";
import { chooseSentences, writeFreely } from "./write_summary.ts";

const WIDTH = 96;

const COMMAND = {
  name: "demo:summary",
  summary:
    "Summarises the first 4,096 tokens of Northanger Abbey, which the model has not seen, by " +
    "three of its sentences, with a small BART, trained on 512 positions and converted to LSG " +
    "attention.",
  options: {
    tokens: {
      type: "number",
      default: 4096,
      description: "Most tokens of the text, from 512 to 8192.",
    },
    beams: { type: "number", default: 4, description: "Number of beams." },
    device: MODEL_OPTIONS.device,
    dtype: MODEL_OPTIONS.dtype,
  },
} as const satisfies Command;

async function summarise(values: OptionValues<typeof COMMAND.options>): Promise<void> {
  const tokens = requireCount("--tokens", values.tokens, 512);
  if (tokens > 8192) throw new UsageError(`Cannot use --tokens ${tokens}: the text is shorter`);
  const beams = requireCount("--beams", values.beams, 1);
  const device = chooseOne("device", values.device, ["auto", ...BACKEND_NAMES]);
  const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
  const folder = fromFileUrl(new URL("./summary_model", import.meta.url));
  const book = await Deno.readTextFile(new URL("./northanger_abbey.txt", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const passage = readPassage(book, tokenizer, tokens);
  const { sentences, input } = passage;
  console.log(
    `Jane Austen, Northanger Abbey (1817): ${input.length.toLocaleString("en")} tokens, ` +
      `${sentences.length} sentences.`,
  );
  using model = await AutoModelForSeq2SeqLM.from_pretrained(folder, {
    lsg: { max_sequence_length: tokens },
    device,
    dtype,
  });
  const chosen = await chooseSentences(model, passage, tokenizer, beams);
  const free = await writeFreely(model, passage, tokenizer, beams);
  const reference = principalSentences(sentences).map((i) => sentences[i]).join(" ");
  const summaries = {
    "the model, held to the text's sentences": chosen.text,
    "the model, writing freely": free.text,
    "first three sentences (lead-3)": lead(sentences),
    "longest three of at most 40 words": longest(sentences),
  };
  show("Principal sentences: the most words in common with the rest (ROUGE-1)", reference);
  for (const [name, text] of Object.entries(summaries)) show(capitalize(name), text);
  console.log(`\n${"ROUGE against the principal sentences".padEnd(42)}     1     2     L`);
  for (const [name, text] of Object.entries(summaries)) {
    const scores = Object.values(rouge(text, reference));
    const cells = scores.map((score: number) => (100 * score).toFixed(1).padStart(6));
    console.log(`${name.padEnd(42)}${cells.join("")}`);
  }
  console.log(
    `\n${
      chosen.seconds.toFixed(1)
    } s to read and to choose ${chosen.tokens} tokens with ${beams} ` +
      `beams; ${free.seconds.toFixed(1)} s to write ${free.tokens} freely.`,
  );
  console.log(
    "\nThe model has 7.6 million parameters. It was trained to find and to copy sentences, and does\n" +
      "not understand them. Over several unseen books its sentences are closer to the principal\n" +
      "ones than lead-3 (deno task table4), not in every chapter. The longest are closer still:\n" +
      "ROUGE-1 against a long text grows with a sentence's length.",
  );
}

function capitalize(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** Prints a title and a text in lines of {@linkcode WIDTH}. */
function show(title: string, text: string): void {
  console.log(`\n${title}`);
  let line = " ";
  for (const word of text.split(" ")) {
    if (line.length + word.length + 1 > WIDTH) {
      console.log(line);
      line = " ";
    }
    line += ` ${word}`;
  }
  console.log(line);
}

if (import.meta.main) {
  const run = ({ values }: { values: OptionValues<typeof COMMAND.options> }) => summarise(values);
  Deno.exit(await runDenoTask(COMMAND, Deno.args, console.log, run, console.error));
}
