/**
 * Measurements of passkey retrieval, with lines that tell how far they are.
 *
 * @module
 */
import type { DecoderLM } from "../../generation/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { bitsOverPosition, bookWindows } from "./bits.ts";
import type { Plan } from "./plan.ts";
import { makePrompts } from "./prompts.ts";
import { type Bits, type Found, shareOf } from "./report.ts";
import { retrieve } from "./retrieve.ts";

type Print = (line: string) => void;

/** A model on a backend, and copies with other configs. */
export interface Loaded {
  /** The model. */
  readonly model: DecoderLM;
  /** Its tokenizer. */
  readonly tokenizer: PreTrainedTokenizer;
  /** Loads it again, with other keys of the config; the caller disposes of it. */
  readonly load: (config?: Readonly<Record<string, unknown>>) => Promise<DecoderLM>;
}

/**
 * Asks for keys: every variant at every length.
 *
 * @param loaded The model.
 * @param plan What to measure.
 * @param print Called with a line for each variant and length.
 * @returns Keys found, length by length.
 */
export async function findKeys(
  { model, tokenizer, load }: Loaded,
  plan: Plan,
  print: Print,
): Promise<Found[]> {
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
          `${
            (group_size && !name.includes("G") ? `${name} (G ${group_size})` : name).padEnd(20)
          } ` +
          `${shareOf(cell).toFixed(2)}  ${seconds(start)}`,
      );
    }
  }
  return found;
}

/**
 * Measures bits over position.
 *
 * @param loaded The model.
 * @param plan What to measure.
 * @param print Called with a line for each variant.
 * @returns Bits of each variant; none if the plan has no books.
 */
export async function measureBits(
  { model, tokenizer, load }: Loaded,
  plan: Plan,
  print: Print,
): Promise<Bits[]> {
  const { books, bookTokens, bitStep, bitVariants } = plan;
  if (books === 0) return [];
  const windows = await bookWindows(tokenizer, bookTokens, books);
  const bits: Bits[] = [];
  for (const { name, at } of bitVariants) {
    const setting = at(bookTokens);
    const start = performance.now();
    const positions = await withModel(
      model,
      load,
      setting.config,
      (model) => bitsOverPosition(model, windows, setting, bitStep),
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

/**
 * Runs something without warnings: texts are longer than the model wants, which is what is measured.
 *
 * @param body What runs.
 * @returns Its result.
 */
export async function withoutWarnings<Result>(body: () => Promise<Result>): Promise<Result> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await body();
  } finally {
    console.warn = warn;
  }
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
