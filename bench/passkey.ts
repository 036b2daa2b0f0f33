/**
 * `deno task passkey`: finds keys in texts longer than those a model was trained on.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { type Command, type OptionValues, UsageError } from "../cli/arguments.ts";
import { chooseOne } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { BACKEND_NAMES } from "../device.ts";
import { AutoModelForCausalLM } from "../generation/mod.ts";
import { trainedLength } from "../models/self_extend.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { describeMachine } from "./machine.ts";
import { contradictions, differences } from "./passkey/claim.ts";
import { findKeys, measureBits, withoutWarnings } from "./passkey/measure.ts";
import { makePlan, type Plan } from "./passkey/plan.ts";
import { makePrompts } from "./passkey/prompts.ts";
import {
  drawBits,
  drawFound,
  formatBits,
  formatFound,
  type Found,
  type Results,
} from "./passkey/report.ts";
import { replaceLines } from "./replace_lines.ts";

const MODEL = fromFileUrl(new URL("../demo/passkey_model", import.meta.url));
const DOCS = fromFileUrl(new URL("../docs", import.meta.url));
const RESULTS = fromFileUrl(new URL("./passkey/results.json", import.meta.url));

const DEVICES = ["auto", ...BACKEND_NAMES] as const;

/** Windows of book text for the documentation. */
const WRITTEN_BOOKS = 40;

const COMMAND = {
  name: "passkey",
  summary:
    "Hides a number in a long text and asks a model for it, by full attention, by positions " +
    "divided and by Self-Extend, at 1 to 8 times the length that the model was trained on.",
  options: {
    quick: {
      type: "boolean",
      default: false,
      description: "A few seconds: full attention and Self-Extend at 1, 2, 4 times the length; " +
        "fails if Self-Extend does not find what it should.",
    },
    model: {
      type: "string",
      placeholder: "MODEL",
      description:
        "A folder or a name on the hub; the embedded model, trained on 256 tokens, if absent.",
    },
    device: {
      type: "string",
      placeholder: "NAMES",
      default: "auto",
      description:
        `Backend: auto, ${BACKEND_NAMES.join(", ")}. Several, separated by commas, must ` +
        "give the same answers.",
    },
    dtype: {
      type: "string",
      placeholder: "TYPE",
      default: "fp32",
      description: `Data type of the weights: ${DATA_TYPES.join(", ")}.`,
    },
    lengths: {
      type: "string",
      placeholder: "TOKENS",
      description: "Lengths, separated by commas; 1, 1.5, 2, 4, 8 times the trained one if absent.",
    },
    depths: { type: "number", description: "Number of depths (10; 5 with --quick)." },
    samples: { type: "number", description: "Keys at each depth (4)." },
    group_size: {
      type: "string",
      placeholder: "GROUPS",
      description: "Groups of Self-Extend, separated by commas; the least that keeps 0.6 of the " +
        "trained positions if absent.",
    },
    window_size: {
      type: "string",
      placeholder: "WINDOWS",
      description: "Windows, separated by commas; an eighth, a quarter and half of the trained " +
        "length if absent.",
    },
    books: {
      type: "number",
      description: "Windows of unseen books, as long as the longest text, in which bits a token " +
        "are measured over position (0).",
    },
    out: {
      type: "string",
      short: "o",
      placeholder: "FOLDER",
      description: "Folder for passkey.svg, passkey.json and, with --books, passkey_bits.svg.",
    },
    write: {
      type: "boolean",
      default: false,
      description: `Implies --books ${WRITTEN_BOOKS}; writes table and pictures to docs/.`,
    },
  },
} as const satisfies Command;

type Values = OptionValues<typeof COMMAND.options>;
type Print = (line: string) => void;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0; 1 if backends differ or, with `--quick`, the claim does not hold; 2 for
 * invalid arguments.
 */
export function main(args: string[], print: Print): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const { quick, write, model: path = MODEL } = values;
    if (write && (quick || values.model !== undefined)) {
      throw new UsageError("Cannot use --write with --quick or --model: it measures everything");
    }
    if (quick && values.lengths !== undefined) {
      throw new UsageError("Cannot use --quick with --lengths: it has its own");
    }
    const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
    const devices = values.device.split(",").map((name) => chooseOne("device", name, DEVICES));
    if (new Set(devices).size < devices.length) {
      throw new UsageError(`Cannot use --device ${values.device}: wanted each backend once`);
    }
    // Mistakes are told before anything is loaded.
    makePlan(values, 1, {});
    const runs: Record<string, Found[]> = {};
    let results: Results | undefined;
    let plan: Plan | undefined;
    for (const device of devices) {
      const load = (config = {}) =>
        AutoModelForCausalLM.from_pretrained(path, { device, dtype, config });
      using model = await load().catch((cause) => {
        if (!(cause instanceof RangeError)) throw cause;
        throw new UsageError(`Cannot use --model: ${cause.message}`);
      });
      if (!model.config.rope) {
        throw new UsageError(`Cannot use --model ${path}: wanted a model with rotary positions`);
      }
      const tokenizer = await AutoTokenizer.from_pretrained(path);
      const trained = trainedLength(model.config);
      if (trained === Infinity) {
        throw new UsageError(`Cannot use --model ${path}: its dynamic positions fit any length`);
      }
      plan = makePlan(withBooks(values), trained, model.config.raw);
      checkLengths(tokenizer, plan);
      const name = model.backend.name;
      if (Object.hasOwn(runs, name)) {
        throw new UsageError(`Cannot use --device ${values.device}: two of them are ${name} here`);
      }
      const loaded = { model, tokenizer, load };
      print(`${path}: trained on ${trained.toLocaleString("en")} tokens; ${name}, ${dtype}`);
      runs[name] = await withoutWarnings(() => findKeys(loaded, plan!, print));
      results ??= {
        model: values.model ?? "demo/passkey_model",
        trained,
        device: `${name}, ${dtype}`,
        prompts: plan.depths * plan.samples,
        found: runs[name],
        bits: await withoutWarnings(() => measureBits(loaded, plan!, print)),
      };
    }
    const lines = describe(results!);
    ["", ...lines].forEach((line) => print(line));
    if (values.out !== undefined) await save(results!, values.out);
    if (write) await writeDocs(results!, lines);
    return judge(runs, plan!, results!, quick, print);
  });
}

/** Refuses lengths in which no key can be hidden. */
function checkLengths(tokenizer: PreTrainedTokenizer, { lengths }: Plan): void {
  try {
    makePrompts(tokenizer, { tokens: Math.min(...lengths), depths: 1, samples: 1 });
  } catch (error) {
    throw new UsageError(`Cannot use --lengths: ${(error as Error).message}`);
  }
}

function withBooks(values: Values): Values {
  return { ...values, books: values.books ?? (values.write ? WRITTEN_BOOKS : 0) };
}

function describe({ prompts, trained, found, bits }: Results): string[] {
  const lines = [
    `Share of ${prompts} keys of 5 digits that greedy search repeats exactly:`,
    "",
    ...formatFound(found),
  ];
  if (bits.length === 0) return lines;
  return [...lines, "", "Bits a token, by position:", "", ...formatBits(bits, trained)];
}

function judge(
  runs: Readonly<Record<string, readonly Found[]>>,
  { claimed }: Plan,
  { trained, found }: Results,
  quick: boolean,
  print: Print,
): number {
  const names = Object.keys(runs);
  const different = differences(runs);
  if (names.length > 1 && different.length === 0) {
    print(`\nThe same answers on ${names.join(", ")}.`);
  }
  const wrong = [...different, ...(quick ? contradictions(found, claimed.name, trained) : [])];
  wrong.forEach((line) => print(line));
  return wrong.length > 0 ? 1 : 0;
}

async function save(results: Results, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "passkey.json"), JSON.stringify(results) + "\n");
  await Deno.writeTextFile(join(folder, "passkey.svg"), drawFound(results));
  if (results.bits.length === 0) return;
  await Deno.writeTextFile(join(folder, "passkey_bits.svg"), drawBits(results));
}

async function writeDocs(results: Results, lines: readonly string[]): Promise<void> {
  const machine = describeMachine(new Date());
  await Deno.writeTextFile(RESULTS, JSON.stringify({ machine, ...results }) + "\n");
  await Deno.writeTextFile(join(DOCS, "passkey.svg"), drawFound(results));
  await Deno.writeTextFile(join(DOCS, "passkey_bits.svg"), drawBits(results));
  const page = join(DOCS, "self_extend.md");
  const text = await Deno.readTextFile(page);
  await Deno.writeTextFile(page, replaceLines(text, "passkey", lines));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
