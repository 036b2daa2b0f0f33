/**
 * `deno task demo [options]`: a model that was trained on 512 tokens fills hidden words in 4,096.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { ConversionOptions } from "../checkpoint/mod.ts";
import type { Command, OptionValues } from "../cli/arguments.ts";
import { checkUsage } from "../cli/check_usage.ts";
import { chooseOne } from "../cli/choice.ts";
import { MODEL_OPTIONS } from "../cli/model_options.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { BACKEND_NAMES } from "../device.ts";
import { Random } from "../tensor/random.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { hideWords, type Riddle } from "./hide_words.ts";
import { type Solution, solve } from "./solve.ts";

const TOKENS = 4096;
const HIDDEN_WORDS = 150;
const SHOWN_WORDS = 18;

const COMMAND = {
  name: "demo",
  summary: `Hides ${HIDDEN_WORDS} words in the first ${TOKENS.toLocaleString("en")} tokens of ` +
    "Northanger Abbey and lets a small RoBERTa, trained on 512 tokens, guess them after its " +
    "conversion to LSG attention.",
  options: {
    compare: {
      type: "boolean",
      default: false,
      description: "The same with full attention stretched to that length.",
    },
    seed: { type: "number", default: 0, description: "Which words are hidden." },
    device: MODEL_OPTIONS.device,
    dtype: MODEL_OPTIONS.dtype,
  },
} as const satisfies Command;

/** Block of 128 and a sparse list of the longest keys, as the published converter has them. */
const LSG: ConversionOptions = { max_sequence_length: TOKENS };

/** With blocks this large two of them hold the whole text, so that every token sees all others. */
const FULL: ConversionOptions = { ...LSG, block_size: TOKENS / 2, sparsity_type: "none" };

async function demo(values: OptionValues<typeof COMMAND.options>): Promise<void> {
  const { seed, compare } = values;
  checkUsage(() => new Random(seed));
  const device = chooseOne("device", values.device, ["auto", ...BACKEND_NAMES]);
  const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
  const folder = fromFileUrl(new URL("./model", import.meta.url));
  const text = await Deno.readTextFile(new URL("./northanger_abbey.txt", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const { input_ids } = tokenizer(text, { truncation: true, max_length: TOKENS });
  const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
  const riddle = hideWords(ids, tokenizer, HIDDEN_WORDS, seed);
  console.log(
    `Jane Austen, Northanger Abbey (1817): ${ids.length.toLocaleString("en")} tokens, ` +
      `${riddle.places.length} words hidden.\n`,
  );
  const lsg = await solve(folder, riddle, { lsg: LSG, device, dtype }, progress("LSG attention"));
  const full = compare
    ? await solve(folder, riddle, { lsg: FULL, device, dtype }, progress("full attention"))
    : undefined;
  printWords(tokenizer, riddle, lsg, full);
  console.log();
  printSummary("LSG attention", lsg);
  if (full) printSummary("full attention", full);
  else console.log("\nTo see what full attention makes of that length: deno task demo --compare");
}

function progress(name: string): (done: { layer: number; layers: number }) => void {
  const show = (layer: number, layers: number) => {
    const bar = "█".repeat(layer * 8) + "·".repeat((layers - layer) * 8);
    const line = `${name.padEnd(15)} ${bar} layer ${layer}/${layers}`;
    const isLast = layer === layers;
    if (Deno.stdout.isTerminal()) {
      Deno.stdout.writeSync(new TextEncoder().encode(`\r${line}${isLast ? "\n" : ""}`));
    } else if (isLast) {
      console.log(line);
    }
  };
  return ({ layer, layers }) => show(layer, layers);
}

/** A table of some of the words: context, truth, guesses. */
function printWords(
  tokenizer: PreTrainedTokenizer,
  { masked, places, truth }: Riddle,
  lsg: Solution,
  full: Solution | undefined,
): void {
  const word = (id: number) => tokenizer.decode([id]).trim();
  const text = (start: number, end: number) =>
    tokenizer.decode(masked.slice(Math.max(0, start), end)).replace(/\s+/g, " ");
  const context = (place: number) =>
    text(place - 8, place).slice(-19).padStart(19) + " ___" +
    text(place + 1, place + 8).slice(0, 12).padEnd(12);
  const guess = ({ guesses }: Solution, i: number) => {
    const { best, probabilities } = guesses[i];
    const mark = best[0] === truth[i] ? "✓" : " ";
    return `${mark} ${word(best[0]).slice(0, 12).padEnd(12)} ${percent(probabilities[0])}`;
  };
  const heading = (name: string) => `  ${name.padEnd(17)}`;
  console.log(
    `\n${"hidden word in its context".padEnd(35)}  ${"truth".padEnd(12)} ${heading("LSG")}` +
      (full ? `  ${heading("full")}` : "  p(truth)"),
  );
  console.log("-".repeat(full ? 94 : 79));
  for (let row = 0; row < SHOWN_WORDS; row++) {
    const i = Math.floor(row * places.length / SHOWN_WORDS);
    console.log(
      `${context(places[i])}  ${word(truth[i]).slice(0, 12).padEnd(12)} ${guess(lsg, i)}` +
        (full ? `   ${guess(full, i)}` : `    ${percent(lsg.guesses[i].truth)}`),
    );
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}

function printSummary(name: string, { accuracy, bits, seconds }: Solution): void {
  console.log(
    `${name.padEnd(15)} ${percent(accuracy)} guessed, ${bits.toFixed(2)} bits a hidden word, ` +
      `${seconds.toFixed(1)} s`,
  );
}

if (import.meta.main) {
  const run = ({ values }: { values: OptionValues<typeof COMMAND.options> }) => demo(values);
  Deno.exit(await runDenoTask(COMMAND, Deno.args, console.log, run, console.error));
}
