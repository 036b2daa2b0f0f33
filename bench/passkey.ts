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
import { AutoModelForCausalLM, type DecoderLM } from "../generation/mod.ts";
import { trainedLength } from "../models/self_extend.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { describeMachine } from "./machine.ts";
import { bitsOverPosition, bookWindows } from "./passkey/bits.ts";
import { contradictions, differences } from "./passkey/claim.ts";
import { makePlan, type Plan } from "./passkey/plan.ts";
import { makePrompts } from "./passkey/prompts.ts";
import {
  type Bits,
  drawBits,
  drawFound,
  formatBits,
  formatFound,
  type Found,
  type Results,
  shareOf,
} from "./passkey/report.ts";
import { retrieve } from "./passkey/retrieve.ts";
import { replaceLines } from "./replace_lines.ts";

const MODEL = fromFileUrl(new URL("../demo/passkey_model", import.meta.url));
const DOCS = fromFileUrl(new URL("../docs", import.meta.url));
const RESULTS = fromFileUrl(new URL("./passkey/results.json", import.meta.url));

const DEVICES = ["auto", ...BACKEND_NAMES] as const;

/** Windows of book text for the documentation. */
const WRITTEN_BOOKS = 40;

/** Positions of a point in the chart of bits, at most. */
const BIT_RANGES = 32;

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

/** A model on a backend, and copies with other configs. */
interface Loaded {
  readonly model: DecoderLM;
  readonly tokenizer: PreTrainedTokenizer;
  readonly load: (config?: Readonly<Record<string, unknown>>) => Promise<DecoderLM>;
}

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
    const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
    const devices = values.device.split(",").map((name) => chooseOne("device", name, DEVICES));
    const runs: Record<string, Found[]> = {};
    let results: Results | undefined;
    let plan: Plan | undefined;
    for (const device of devices) {
      const load = (config = {}) =>
        AutoModelForCausalLM.from_pretrained(path, { device, dtype, config });
      using model = await load();
      if (!model.config.rope) {
        throw new UsageError(`Cannot use --model ${path}: wanted a model with rotary positions`);
      }
      const tokenizer = await AutoTokenizer.from_pretrained(path);
      const trained = trainedLength(model.config);
      plan = makePlan(withBooks(values), trained, model.config.raw);
      const name = model.backend.name;
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

function withBooks(values: Values): Values {
  return { ...values, books: values.books ?? (values.write ? WRITTEN_BOOKS : 0) };
}

async function findKeys({ model, tokenizer, load }: Loaded, plan: Plan, print: Print) {
  const { lengths, depths, samples, variants } = plan;
  const found: Found[] = [];
  for (const tokens of lengths) {
    const prompts = makePrompts(tokenizer, { tokens, depths, samples, seed: tokens });
    for (const { name, at } of variants) {
      const setting = at(tokens);
      const start = performance.now();
      const answers = await withModel(
        model,
        load,
        setting.config,
        (model) => retrieve(model, tokenizer, prompts, setting),
      );
      const cell = {
        variant: name,
        tokens,
        self_extend: setting.self_extend,
        depths: Array.from({ length: depths }, (_, depth) => {
          const here = answers.filter((_, i) => prompts[i].depth === depth);
          return here.filter(({ isRight }) => isRight).length / samples;
        }),
        answers: answers.map(({ text }) => text),
      };
      found.push(cell);
      const { group_size } = setting.self_extend ?? {};
      print(
        `${String(found.length).padStart(3)}/${lengths.length * variants.length} ` +
          `${tokens.toLocaleString("en").padStart(7)} tokens  ` +
          `${(group_size ? `${name} (G ${group_size})` : name).padEnd(20)} ` +
          `${shareOf(cell).toFixed(2)}  ${seconds(start)}`,
      );
    }
  }
  return found;
}

async function measureBits({ model, tokenizer, load }: Loaded, plan: Plan, print: Print) {
  const { books, bookTokens, bitVariants } = plan;
  if (books === 0) return [];
  const windows = await bookWindows(tokenizer, bookTokens, books);
  const bits: Bits[] = [];
  for (const { name, at } of bitVariants) {
    const setting = at(bookTokens);
    const start = performance.now();
    const step = Math.ceil(bookTokens / BIT_RANGES);
    const positions = await withModel(
      model,
      load,
      setting.config,
      (model) => bitsOverPosition(model, windows, setting, step),
    );
    bits.push({ variant: name, positions });
    print(
      `${String(bits.length).padStart(3)}/${bitVariants.length} bits of ${books} windows  ` +
        `${name.padEnd(20)} ${seconds(start)}`,
    );
  }
  return bits;
}

/** Runs something with a model, or with a copy of another config. */
async function withModel<Result>(
  model: DecoderLM,
  load: Loaded["load"],
  config: Readonly<Record<string, unknown>> | undefined,
  body: (model: DecoderLM) => Promise<Result>,
): Promise<Result> {
  if (!config) return await body(model);
  using other = await load(config);
  return await body(other);
}

/** Texts are longer than the model wants: that is what is measured. */
async function withoutWarnings<Result>(body: () => Promise<Result>): Promise<Result> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await body();
  } finally {
    console.warn = warn;
  }
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

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
