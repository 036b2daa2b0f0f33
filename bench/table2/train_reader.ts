/**
 * Script that trains and evaluates one reader, in a process of its own, so that peak memory is
 * measured separately.
 *
 * Argument: a {@linkcode Job} as JSON. Prints a {@linkcode Run} as JSON, and progress to the standard
 * error. Called again after an interruption, it goes on from its last checkpoint.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/mod.ts";
import type { SequenceClassification } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { Trainer, type TrainingBatch } from "../../training/mod.ts";
import { findByName } from "../find_by_name.ts";
import { type Answers, type AnswersByLength, evaluate, evaluateLengths } from "./evaluate.ts";
import {
  drawWindow,
  LONG,
  type Passage,
  type Passages,
  readPassages,
  takeFew,
  wholeWindow,
} from "./passages.ts";
import { BASE, GLOBALS, type Reader, READERS } from "./readers.ts";
import { StepCosts } from "./step_costs.ts";

/** One training. */
export interface Job {
  /** Name of the reader. */
  readonly reader: string;
  /** Seed of the new head, of windows and of the order. */
  readonly seed: number;
  /** Times that it reads each training passage. */
  readonly epochs: number;
  /** The same for the 512-token reader that it starts from; 0 if it starts from none. */
  readonly baseEpochs: number;
  /** Passages and number of authors; absent: all. */
  readonly few?: { readonly authors: number; readonly passages: number };
}

/** What came of it. */
export interface Run extends Job {
  /** The author that it names for each passage, by the way that answers are made. */
  readonly answers: Answers;
  /** The same of the starts of passages, of a reader that is asked about them. */
  readonly lengths?: AnswersByLength;
  /** Mean loss of the last tenth of all updates. */
  readonly loss: number;
  /** Seconds of forward pass, backward pass and update for 4,096 tokens, median. */
  readonly seconds: number;
  /** Peak memory of the process, in 2²⁰ bytes. */
  readonly megabytes: number;
}

/** The embedded model. */
const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));

/** Passages of an update. */
const PASSAGES = 2;

/** Updates between checkpoints. */
const SAVE_STEPS = 20;

interface Example {
  readonly author: number;
  readonly ids: readonly number[];
}

/**
 * The folder of a job's checkpoints and of its model.
 *
 * @param folder The folder of all jobs.
 * @param job The job.
 * @returns The path.
 */
export function folderOf(folder: string, { reader, seed, epochs, baseEpochs }: Job): string {
  return `${folder}/${reader}-${seed}-${epochs}-${baseEpochs}`;
}

/**
 * The job that a job starts from.
 *
 * @param job A job.
 * @returns The 512-token reader's of the same seed.
 */
export function baseOf({ seed, baseEpochs, few }: Job): Job {
  return { reader: BASE.name, seed, epochs: baseEpochs, baseEpochs: 0, few };
}

async function main(job: Job, folder: string): Promise<Run> {
  const all = await readPassages();
  const passages = job.few ? takeFew(all, job.few) : all;
  const reader = findByName([BASE, ...READERS, ...GLOBALS], job.reader);
  using model = await load(reader, job, folder, all.authors);
  const output_dir = folderOf(folder, job);
  const perUpdate = Math.min(PASSAGES, passages.train.length);
  const orphaned = new AbortController();
  const parent = Deno.ppid;
  const resumes = await hasCheckpoint(output_dir);
  const costs = await StepCosts.open(`${output_dir}/costs.jsonl`, perUpdate, resumes);
  const trainer = new Trainer({
    model,
    train_dataset: examplesOf(reader, job, passages),
    data_collator: collate,
    trainable: reader.trainable,
    args: {
      output_dir,
      learning_rate: reader.rate,
      warmup_ratio: 0.1,
      per_device_train_batch_size: LONG / reader.tokens,
      gradient_accumulation_steps: PASSAGES,
      num_train_epochs: reader.tokens === LONG ? job.epochs : 1,
      save_steps: SAVE_STEPS,
      save_total_limit: 1,
      logging_steps: 1,
      seed: job.seed,
      disable_tqdm: true,
    },
    callbacks: [{
      on_step_begin: () => costs.begin(),
      on_step_end: async (_args, { global_step, max_steps }, _control, { loss }) => {
        const seconds = await costs.end();
        // Else a second start would write to the same folder.
        if (Deno.ppid !== parent) orphaned.abort();
        console.error(
          `${job.reader}, seed ${job.seed}: update ${global_step}/${max_steps}, ` +
            `loss ${loss!.toFixed(3)}, ${seconds.toFixed(1)} s`,
        );
      },
    }],
  });
  const { interrupted } = await trainer.train({
    resume_from_checkpoint: resumes,
    signal: orphaned.signal,
  });
  if (interrupted) {
    throw new Error("The process that started this one has ended; training is saved");
  }
  if (reader === BASE) await saveWhole(model, `${output_dir}/model`);
  const losses = trainer.state.log_history.flatMap(({ loss }) => loss === undefined ? [] : [loss]);
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return {
    ...job,
    answers: await evaluate(model, reader.tokens, passages),
    ...(reader.asksLengths && { lengths: await evaluateLengths(model, reader.tokens, passages) }),
    loss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    ...await costs.read(),
  };
}

async function load(
  reader: Reader,
  job: Job,
  folder: string,
  authors: readonly string[],
): Promise<SequenceClassification> {
  const device = "wasm";
  const { seed } = job;
  if (reader.starts === "base") {
    const source = new FolderSource(`${folderOf(folder, baseOf(job))}/model`);
    return await reader.load(source, { device, seed });
  }
  const id2label = Object.fromEntries(authors.map((name, i) => [i, name]));
  return await reader.load(new FolderSource(MODEL), { device, seed, id2label });
}

/** What a reader reads: whole passages, or as many tokens in windows that are drawn from them. */
function examplesOf(
  reader: Reader,
  { seed, epochs, baseEpochs }: Job,
  { train }: Passages,
): Example[] {
  if (reader.tokens === LONG) {
    return train.map((passage) => ({ author: passage.author, ids: wholeWindow(passage) }));
  }
  // Other windows than those of the reader that it starts from.
  const random = new Random(baseEpochs > 0 ? 2 ** 16 + seed : seed);
  const draw = (passage: Passage): Example => ({
    author: passage.author,
    ids: drawWindow(passage, reader.tokens, random),
  });
  const windows = Array.from({ length: epochs * LONG / reader.tokens }, () => train.map(draw));
  return windows.flat();
}

function collate(examples: readonly Example[]): TrainingBatch {
  return {
    input_ids: examples.map(({ ids }) => ids),
    labels: examples.map(({ author }) => author),
  };
}

async function hasCheckpoint(folder: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (/^checkpoint-\d+$/.test(name)) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/** Saves a model under its name only when it is whole. */
async function saveWhole(model: SequenceClassification, path: string): Promise<void> {
  for (const old of [path, `${path}.part`]) {
    await Deno.remove(old, { recursive: true }).catch(() => {});
  }
  await model.save_pretrained(`${path}.part`);
  await Deno.rename(`${path}.part`, path);
}

if (import.meta.main) {
  const [job, folder] = Deno.args;
  console.log(JSON.stringify(await main(JSON.parse(job), folder)));
}
