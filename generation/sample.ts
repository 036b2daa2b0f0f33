/**
 * Rows that grow by their best id, or by one that is drawn.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { Random } from "../tensor/random.ts";
import { draw } from "./draw.ts";
import type { GenerationRun, ResultRow } from "./generation_run.ts";
import type { StepScores } from "./read_scores.ts";
import { isImpossible, probabilities } from "./softmax.ts";
import { StepReader } from "./step_reader.ts";

/** A row that grows. */
interface GrowingRow {
  readonly batch: number;
  readonly ids: number[];
  readonly random: Random | undefined;
  /** Place of its keys and values in the cache. */
  place: number;
  hasEnded: boolean;
}

/**
 * Generates rows without beams.
 *
 * @param run The call.
 * @param seed The first row's seed, if ids are drawn.
 * @returns The rows, `num_return_sequences` for each row of the batch.
 */
export async function sample(run: GenerationRun, seed: number | undefined): Promise<ResultRow[]> {
  const { num_return_sequences, streamer } = run.settings;
  const rows = run.rows.flatMap(({ prompt }, batch) =>
    Array.from({ length: num_return_sequences }, (_, i): GrowingRow => ({
      batch,
      ids: [...prompt],
      random: seed === undefined
        ? undefined
        : new Random((seed + batch * num_return_sequences + i) >>> 0),
      place: batch,
      hasEnded: false,
    }))
  );
  try {
    await streamer?.put(startsOf(run, rows));
    await grow(run, rows);
  } catch (error) {
    // What was written comes out, and the streamer can be used again. Not waited for: who aborts may
    // be the one that reads what it writes.
    (async () => await streamer?.end())().catch(() => {});
    throw error;
  }
  await streamer?.end();
  return rows;
}

async function grow(run: GenerationRun, rows: readonly GrowingRow[]): Promise<void> {
  const { streamer } = run.settings;
  const reader = new StepReader(run);
  let logits = await run.cache.begin(run.inputs.prompts, run.settings.signal);
  // Which row of the logits is a row's: its prompt's first, then its own.
  let source = new Map(rows.map((row) => [row, row.batch]));
  while (true) {
    const growing = rows.filter((row) => !row.hasEnded);
    const scores = await reader.read(
      logits,
      growing.map((row) => ({ ...row, source: source.get(row)! })),
    );
    await run.settle();
    const ofRow = new Map(growing.map((row, i) => [row, scores[i]]));
    const all = rows.map((row) => ofRow.get(row)?.scores);
    applyLast(run, rows, all);
    for (const [row, own] of ofRow) row.ids.push(chooseId(run, row, own));
    run.keepScores(all);
    endRows(run, rows, all);
    await streamer?.put(
      rows.map((row) => [BigInt(ofRow.has(row) ? row.ids[row.ids.length - 1] : run.padding)]),
    );
    // Ended rows stay only if the caller gets the cache.
    const next = rows.filter((row) => !row.hasEnded || run.keepsCache);
    const going = next.filter((row) => !row.hasEnded);
    if (going.length === 0) break;
    logits = await run.cache.step(next.map((row) => ({
      parent: row.place,
      ids: row.hasEnded ? [] : row.ids.slice(-1),
    })));
    next.forEach((row, i) => row.place = i);
    source = new Map(going.map((row, i) => [row, i]));
  }
}

/** What the rows start with, padded on the left to one length. */
function startsOf(run: GenerationRun, rows: readonly GrowingRow[]): bigint[][] {
  const width = Math.max(largest(rows.map(({ ids }) => ids.length)), run.inputs.promptWidth ?? 0);
  return rows.map(({ ids }) => [
    ...Array<bigint>(width - ids.length).fill(BigInt(run.padding)),
    ...ids.map(BigInt),
  ]);
}

/** The caller's processors see all rows; what they do to those that have ended is ignored. */
function applyLast(
  run: GenerationRun,
  rows: readonly GrowingRow[],
  scores: readonly (Float64Array | undefined)[],
): void {
  const seen = rows.map((row, i) => ({ row, scores: scores[i] })).filter((item) =>
    run.hasProcessors || item.scores !== undefined
  );
  run.applyLast(
    seen.map(({ row }) => row.batch),
    seen.map(({ row }) => row.ids),
    seen.map(({ scores }) => scores ?? new Float64Array(run.width)),
    seen.map(({ row }) => row.hasEnded),
  );
}

function chooseId(run: GenerationRun, row: GrowingRow, { scores, ids }: StepScores): number {
  if (isImpossible(scores)) throw run.impossible(row.batch);
  const index = row.random === undefined ? indexOfLargest(scores) : drawIndex(run, row, scores);
  return ids ? ids[index] : index;
}

function drawIndex(run: GenerationRun, row: GrowingRow, scores: Float64Array): number {
  run.applyWarpers(row.batch, row.ids, scores);
  if (isImpossible(scores)) throw run.impossible(row.batch);
  return draw(probabilities(scores), row.random!.uniform());
}

/** The first of the largest. */
function indexOfLargest(scores: Float64Array): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id] > scores[best]) best = id;
  return best;
}

/** Marks rows that end with an id, by their length, or by a criterion. */
function endRows(
  run: GenerationRun,
  rows: readonly GrowingRow[],
  scores: readonly (Float64Array | undefined)[],
): void {
  const decided = run.criteriaEnd(rows.map(({ ids }) => ids), scores);
  rows.forEach((row, i) => {
    row.hasEnded ||= decided[i] || row.ids.length >= run.rows[row.batch].length ||
      run.settings.eos_token_id.includes(row.ids[row.ids.length - 1]);
  });
}
