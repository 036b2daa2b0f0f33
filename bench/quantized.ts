/**
 * `deno task bench:quantized`: what fewer bits in the weights of the embedded model change of its
 * guesses.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { DataType } from "../ops/backend.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { AutoModelForMaskedLM } from "../models/mod.ts";
import { Random } from "../tensor/random.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { machineLine } from "./machine.ts";
import { formatTable } from "./table.ts";
import { type Guess, guess } from "./table1/guess.ts";
import type { Window } from "./table1/passages.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

/** More characters than a token has on average. */
const CHARACTERS = 8;

/** Share of tokens that are hidden. */
const HIDDEN = 0.15;

async function readPassages(path: string, count: number, tokens: number): Promise<Window[]> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = (await Deno.readTextFile(path)).replace(/<\|document\|>.*\n/g, "");
  const step = Math.floor(text.length / count);
  const random = new Random(0);
  return Array.from({ length: count }, (_, i) => {
    const start = text.slice(i * step, i * step + tokens * CHARACTERS);
    const { input_ids } = tokenizer(start, { truncation: true, max_length: tokens });
    const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
    const inner = ids.map((_, place) => place).slice(1, -1);
    const places = inner.filter(() => random.uniform() < HIDDEN);
    const truth = places.map((place) => ids[place]);
    for (const place of places) ids[place] = tokenizer.mask_token_id!;
    return { ids, places, truth };
  });
}

/** A line of the table: how a form compares with 32-bit floats. */
async function row(
  dtype: DataType,
  passages: readonly Window[],
  tokens: number,
  reference: readonly Guess[] | undefined,
): Promise<{ guesses: Guess[]; cells: string[] }> {
  const model = await AutoModelForMaskedLM.from_pretrained(MODEL, {
    dtype,
    ...(tokens > 512 && { lsg: { max_sequence_length: tokens } }),
  });
  const megabytes = model.backend.memory().bytes / 1e6;
  const guesses: Guess[] = [];
  for (const passage of passages) guesses.push(...await guess(model, passage));
  model.dispose();
  const others = reference ?? guesses;
  const bits = (of: readonly Guess[]) => of.reduce((sum, { bits }) => sum + bits, 0) / of.length;
  const agreed = guesses.filter(({ best }, i) => best === others[i].best).length / guesses.length;
  const change = bits(guesses) / bits(others) - 1;
  const cells = [
    dtype,
    megabytes.toFixed(1),
    `${(100 * agreed).toFixed(2)} %`,
    bits(guesses).toFixed(4),
    `${(100 * change).toFixed(3)} %`,
  ];
  return { guesses, cells };
}

const COMMAND = {
  name: "bench:quantized",
  summary: "What fewer bits in the weights of the embedded model change of its guesses.",
  operands: [{
    placeholder: "TEXT",
    description: "A file with a text that the model has not seen.",
  }],
  options: {
    passages: { type: "number", default: 100, description: "How many passages of it." },
    tokens: { type: "number", default: 512, description: "How long each is." },
  },
} as const satisfies Command;

/**
 * Measures and prints the table.
 *
 * @param args The arguments.
 * @param print Takes the lines.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values, operands: [path] }) => {
    if (!path) throw new UsageError("There is no text: wanted the path of a file");
    const tokens = requireCount("--tokens", values.tokens, 3);
    const count = requireCount("--passages", values.passages, 1);
    const passages = await readPassages(path, count, tokens);
    const hidden = passages.reduce((sum, { places }) => sum + places.length, 0);
    print(machineLine(new Date()));
    print(`${passages.length} passages of ${tokens} tokens, ${hidden} of them hidden\n`);
    let reference: readonly Guess[] | undefined;
    const rows: string[][] = [];
    for (const dtype of DATA_TYPES) {
      const { guesses, cells } = await row(dtype, passages, tokens, reference);
      reference ??= guesses;
      rows.push(cells);
    }
    const headings = ["dtype", "weights MB", "same guess", "bits", "change"];
    for (const line of formatTable(headings, rows)) print(line);
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
