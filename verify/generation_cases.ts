/**
 * Cases of generation.
 *
 * @module
 */
import { type CheckpointSource, readJsonObject } from "../checkpoint/mod.ts";
import type { SelfExtendSettings } from "../attention/mod.ts";
import {
  AutoModelForCausalLM,
  AutoModelForSeq2SeqLM,
  type GenerateOutput,
  type Seq2SeqGenerateInputs,
} from "../generation/mod.ts";
import type { Backend } from "../ops/backend.ts";
import type { VerifyCase } from "./case.ts";
import { compare, type Comparison, nameFault, type Values } from "./compare.ts";

/** A call of `generate`, and what transformers returned. */
export interface GenerationRun {
  /** Index of its inputs in the file. */
  readonly input: number;
  /** Settings by their names in transformers. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Keys of the config that it changes, of a decoder. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Group and window of Self-Extend, of a decoder. */
  readonly self_extend?: SelfExtendSettings;
  /** Ids of each row, padded to one length. */
  readonly sequences: readonly (readonly number[])[];
  /** A score for each row; absent without beams. */
  readonly sequences_scores?: readonly number[];
}

/** The runs of a model. */
export interface GenerationGolden {
  /** What the runs read. */
  readonly inputs: readonly Pick<Seq2SeqGenerateInputs, "input_ids" | "attention_mask">[];
  /** The packages that made them. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The runs. */
  readonly runs: readonly GenerationRun[];
}

/** Golden scores are rounded to five digits; generation.md asks for 1e-4. */
const SCORE_ERROR = 1e-4;

/**
 * Reads a golden file of generation in a model's folder.
 *
 * @param source The folder.
 * @param fileName Name of the file.
 * @returns The file.
 * @throws {RangeError} If it does not exist or has no runs.
 */
export async function readGenerationGolden(
  source: CheckpointSource,
  fileName = "generation.json",
): Promise<GenerationGolden> {
  const golden = await readJsonObject(source, fileName) as unknown as
    | GenerationGolden
    | undefined;
  if (!golden?.runs?.length) {
    throw new RangeError(`Cannot use ${source.name}/${fileName}: wanted a file with runs`);
  }
  return golden;
}

/**
 * Reads the cases of generation: one a file, with all of its runs. Ids must be equal.
 *
 * @param names Names of the models' folders, such as `seq2seq/bart`, or of a file other than
 * generation.json in one, such as `decoders/phi/self_extend`.
 * @param folderOf Returns a folder below `tests/golden` by path.
 * @param choose Chooses the runs of a model; absent: all.
 * @returns The cases.
 */
export async function generationCases(
  names: readonly string[],
  folderOf: (path: string) => CheckpointSource,
  choose: (runs: readonly GenerationRun[], path: string) => readonly GenerationRun[] = (runs) =>
    runs,
): Promise<VerifyCase[]> {
  return await Promise.all(names.map(async (path) => {
    const [kind, folder, file] = path.split("/");
    const source = folderOf(`${kind}/${folder}`);
    const all = await readGenerationGolden(source, file && `${file}.json`);
    const golden = { ...all, runs: choose(all.runs, path) };
    const name = file ? `${folder}_${file}` : folder;
    const verify = kind === "decoders" ? verifyDecoder : verifyGeneration;
    return {
      name: `generation/${name}`,
      source: `transformers ${golden.versions?.transformers ?? "4.36.2"} generate`,
      isChoice: true,
      ofDecoder: kind === "decoders",
      run: (backend: Backend) => verify(source, golden, backend),
    };
  }));
}

async function verifyGeneration(
  source: CheckpointSource,
  { inputs, runs }: GenerationGolden,
  backend: Backend,
): Promise<Comparison[]> {
  using model = await AutoModelForSeq2SeqLM.from_pretrained(source, { device: backend });
  const comparisons: Comparison[] = [];
  for (const [i, run] of runs.entries()) {
    const output = await model.generate({
      ...inputs[run.input],
      ...run.settings,
      return_dict_in_generate: true,
      output_scores: true,
    });
    comparisons.push(...compareRun(output, run, i));
  }
  return comparisons;
}

/** Runs that change the config load the model anew. */
async function verifyDecoder(
  source: CheckpointSource,
  { inputs, runs }: GenerationGolden,
  backend: Backend,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const text of new Set(runs.map(({ config = {} }) => JSON.stringify(config)))) {
    const config = JSON.parse(text);
    using model = await AutoModelForCausalLM.from_pretrained(source, { device: backend, config });
    for (const [i, run] of runs.entries()) {
      if (JSON.stringify(run.config ?? {}) !== text) continue;
      const output = await model.generate({
        ...inputs[run.input],
        ...run.settings,
        self_extend: run.self_extend,
        return_dict_in_generate: true,
        output_scores: true,
      });
      comparisons.push(...compareRun(output, run, i));
    }
  }
  return comparisons;
}

function compareRun(output: GenerateOutput, run: GenerationRun, number: number): Comparison[] {
  output.past_key_values.dispose();
  const { dims, data } = output.sequences;
  const ids = { dims, data: Float32Array.from(data, Number) };
  const { settings, config, self_extend, sequences_scores: wanted } = run;
  const name = `run ${number} ${JSON.stringify({ ...settings, ...config, self_extend })}`;
  const comparisons = [nameFault(name, compare(ids, valuesOf(run.sequences), 0))];
  if (!wanted) return comparisons;
  const scores = output.sequences_scores! as Values;
  const bound = SCORE_ERROR * Math.max(1, ...wanted.map(Math.abs));
  return [...comparisons, nameFault(`${name} scores`, compare(scores, valuesOf(wanted), bound))];
}

/** Rows, or numbers, as values. */
function valuesOf(rows: readonly (readonly number[])[] | readonly number[]): Values {
  const [first] = rows;
  const dims = typeof first === "number" ? [rows.length] : [rows.length, first.length];
  return { dims, data: Float32Array.from(rows.flat()) };
}
