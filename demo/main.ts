/**
 * `deno task demo [options]`: a model trained on 512 tokens predicts masked words in 4,096.
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
import { type MaskedText, maskWords } from "./mask_words.ts";
import { type Predictions, predictWords } from "./predict_words.ts";

const TOKENS = 4096;
const MASKED_WORDS = 150;
const SHOWN_WORDS = 18;

const COMMAND = {
  name: "demo",
  summary: `Masks ${MASKED_WORDS} words in the first ${TOKENS.toLocaleString("en")} tokens of ` +
    "Northanger Abbey and predicts them with a small RoBERTa, trained on 512 tokens and " +
    "converted to LSG attention.",
  options: {
    compare: {
      type: "boolean",
      default: false,
      description: "Compare with full attention at the same length.",
    },
    seed: { type: "number", default: 0, description: "Seed of the choice of words." },
    device: MODEL_OPTIONS.device,
    dtype: MODEL_OPTIONS.dtype,
  },
} as const satisfies Command;

/** Defaults of the published converter: blocks of 128 and sparse entries by key norm. */
const LSG: ConversionOptions = { max_sequence_length: TOKENS };

/** Two blocks of this size hold the whole text, so that every token sees all others. */
const FULL: ConversionOptions = { ...LSG, block_size: TOKENS / 2, sparsity_type: "none" };

async function demo(values: OptionValues<typeof COMMAND.options>): Promise<void> {
  const { seed, compare } = values;
  checkUsage(() => new Random(seed));
  const device = chooseOne("device", values.device, ["auto", ...BACKEND_NAMES]);
  const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
  const folder = fromFileUrl(new URL("./model", import.meta.url));
  const book = await Deno.readTextFile(new URL("./northanger_abbey.txt", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const { input_ids } = tokenizer(book, { truncation: true, max_length: TOKENS });
  const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
  const text = maskWords(ids, tokenizer, MASKED_WORDS, seed);
  console.log(
    `Jane Austen, Northanger Abbey (1817): ${ids.length.toLocaleString("en")} tokens, ` +
      `${text.positions.length} words masked.\n`,
  );
  const lsg = await predictWords(
    folder,
    text,
    { lsg: LSG, device, dtype },
    progress("LSG attention"),
  );
  const full = compare
    ? await predictWords(folder, text, { lsg: FULL, device, dtype }, progress("full attention"))
    : undefined;
  printWords(tokenizer, text, lsg, full);
  console.log();
  printSummary("LSG attention", lsg);
  if (full) printSummary("full attention", full);
  else console.log("\nTo compare with full attention at this length: deno task demo --compare");
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

/** Prints a table of some of the words: context, target, predictions. */
function printWords(
  tokenizer: PreTrainedTokenizer,
  { ids, positions, targets }: MaskedText,
  lsg: Predictions,
  full: Predictions | undefined,
): void {
  const word = (id: number) => tokenizer.decode([id]).trim();
  const textOf = (start: number, end: number) =>
    tokenizer.decode(ids.slice(Math.max(0, start), end)).replace(/\s+/g, " ");
  const context = (position: number) =>
    textOf(position - 8, position).slice(-19).padStart(19) + " ___" +
    textOf(position + 1, position + 8).slice(0, 12).padEnd(12);
  const prediction = ({ predictions }: Predictions, i: number) => {
    const { best, probabilities } = predictions[i];
    const mark = best[0] === targets[i] ? "✓" : " ";
    return `${mark} ${word(best[0]).slice(0, 12).padEnd(12)} ${formatPercent(probabilities[0])}`;
  };
  const heading = (name: string) => `  ${name.padEnd(17)}`;
  console.log(
    `\n${"masked word in context".padEnd(35)}  ${"target".padEnd(12)} ${heading("LSG")}` +
      (full ? `  ${heading("full")}` : "  p(target)"),
  );
  console.log("-".repeat(full ? 94 : 79));
  for (let row = 0; row < SHOWN_WORDS; row++) {
    const i = Math.floor(row * positions.length / SHOWN_WORDS);
    console.log(
      `${context(positions[i])}  ${word(targets[i]).slice(0, 12).padEnd(12)} ${
        prediction(lsg, i)
      }` +
        (full ? `   ${prediction(full, i)}` : `    ${formatPercent(lsg.predictions[i].target)}`),
    );
  }
}

function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}

function printSummary(name: string, { accuracy, bits, seconds }: Predictions): void {
  console.log(
    `${name.padEnd(15)} ${formatPercent(accuracy)} correct, ${
      bits.toFixed(2)
    } bits per masked word, ` +
      `${seconds.toFixed(1)} s`,
  );
}

if (import.meta.main) {
  const run = ({ values }: { values: OptionValues<typeof COMMAND.options> }) => demo(values);
  Deno.exit(await runDenoTask(COMMAND, Deno.args, console.log, run, console.error));
}
