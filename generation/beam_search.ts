/**
 * Beam search over a batch: each row for itself, their steps together.
 *
 * @module
 */
import { Random } from "../tensor/random.ts";
import type { Floats } from "../ops/backend.ts";
import { type Beam, BeamGroup } from "./beam_group.ts";
import { describeRules } from "./describe_rules.ts";
import type { BatchRow, GenerationRun, ResultRow } from "./generation_run.ts";
import type { Hypothesis } from "./hypotheses.ts";
import type { StepScores } from "./read_scores.ts";
import { StepReader } from "./step_reader.ts";

/** The search of a row of the batch. */
interface Search {
  readonly batch: number;
  readonly row: BatchRow;
  readonly groups: readonly BeamGroup[];
}

/**
 * Generates rows by beams.
 *
 * @param run The call.
 * @param seed The first row's seed, if candidates are drawn.
 * @returns The best rows, `num_return_sequences` for each row of the batch, best first.
 * @throws {RangeError} If a row has neither candidates nor finished rows.
 */
export async function beamSearch(
  run: GenerationRun,
  seed: number | undefined,
): Promise<ResultRow[]> {
  const searches = run.rows.map((row, batch) => startSearch(run, row, batch, seed));
  const reader = new StepReader(run);
  let logits = await run.cache.begin(run.inputs.prompts, run.settings.signal);
  while (true) {
    const scores = await scoreBeams(run, reader, logits, searches);
    await run.settle();
    run.keepScores(searches.flatMap((search, i) => advance(run, search, scores[i])));
    endSearches(run, searches);
    const beams = searches.flatMap(openBeams);
    if (beams.length === 0) break;
    // Finished rows stay in the cache only if the caller gets it.
    const finished = run.keepsCache ? searches.flatMap(hypothesesOf) : [];
    logits = await run.cache.step([
      ...beams.map(({ place, ids }) => ({ parent: place, ids: ids.slice(-1) })),
      ...finished.map(({ place }) => ({ parent: place, ids: [] })),
    ]);
    [...beams, ...finished].forEach((row, i) => row.place = i);
  }
  return searches.flatMap((search) => bestOf(run, search));
}

function startSearch(
  run: GenerationRun,
  row: BatchRow,
  batch: number,
  seed: number | undefined,
): Search {
  const { num_beams, num_beam_groups, eos_token_id, length_penalty, early_stopping } = run.settings;
  const options = {
    size: num_beams / num_beam_groups,
    ends: new Set(eos_token_id),
    start: row.prompt.length,
    length: row.length,
    lengthPenalty: length_penalty,
    earlyStopping: early_stopping,
    random: seed === undefined ? undefined : new Random((seed + batch) >>> 0),
  };
  const groups = Array.from(
    { length: num_beam_groups },
    () => new BeamGroup(row.prompt, batch, options),
  );
  return { batch, row, groups };
}

const openBeams = ({ groups }: Search): Beam[] =>
  groups.flatMap(({ isDone, beams }) => isDone ? [] : beams);

const hypothesesOf = ({ groups }: Search): Hypothesis[] =>
  groups.flatMap(({ hypotheses }) => hypotheses.list);

/** Reads the scores of each search's open beams. Rules follow group by group if there are several. */
async function scoreBeams(
  run: GenerationRun,
  reader: StepReader,
  logits: Floats,
  searches: readonly Search[],
): Promise<StepScores[][]> {
  const beams = searches.flatMap((search) =>
    openBeams(search).map(({ ids, place }) => ({ batch: search.batch, ids, source: place }))
  );
  const scores = run.settings.num_beam_groups > 1
    ? await reader.readRaw(logits, beams)
    : await reader.read(logits, beams);
  let first = 0;
  return searches.map((search) => scores.slice(first, first += openBeams(search).length));
}

/** Continues a search by one id. Returns the scores of all its beams; undefined for a missing one. */
function advance(
  run: GenerationRun,
  { batch, groups }: Search,
  scores: readonly StepScores[],
): (Float64Array | undefined)[] {
  const picked: number[] = [];
  const kept: (Float64Array | undefined)[] = [];
  const size = run.settings.num_beams / groups.length;
  let first = 0;
  for (const [g, group] of groups.entries()) {
    const { isDone, beams } = group;
    if (isDone) picked.push(...Array<number>(size).fill(run.padding));
    else {
      const candidates = scores.slice(first, first += beams.length);
      const own = candidates.map(({ scores }) => scores);
      if (groups.length > 1) {
        own.forEach((row, i) => run.applyRules(batch, beams[i].ids, row, picked));
      }
      run.applyLast(own.map(() => batch), beams.map(({ ids }) => ids), own);
      if (run.settings.do_sample) {
        own.forEach((row, i) => run.applyWarpers(batch, beams[i].ids, row));
      }
      picked.push(...group.advance(candidates));
      kept.push(...own);
    }
    kept.length = (g + 1) * size;
  }
  const isStuck = groups.every(({ isDone, hypotheses }) => isDone && hypotheses.list.length === 0);
  if (isStuck) throw run.impossible(batch);
  return Array.from(kept);
}

/** Ends searches whose rows have their greatest length, or that a criterion ends for all beams. */
function endSearches(run: GenerationRun, searches: readonly Search[]): void {
  const open = searches.flatMap((search) => openBeams(search).map((beam) => ({ search, beam })));
  const decided = run.criteriaEnd(
    open.map(({ beam }) => beam.ids),
    open.map(({ beam }) => beam.scores),
  );
  for (const search of searches) {
    const isLong = openBeams(search).some(({ ids }) => ids.length >= search.row.length);
    const goesOn = open.some((item, i) => item.search === search && !decided[i]);
    if (isLong || !goesOn) search.groups.forEach((group) => group.close());
  }
}

/** The best finished rows of a search; of equal ones the one that was finished last comes first. */
function bestOf(run: GenerationRun, search: Search): ResultRow[] {
  const { num_return_sequences: wanted } = run.settings;
  const all = hypothesesOf(search);
  if (all.length < wanted) {
    throw new RangeError(
      `Cannot return ${wanted} sequences for row ${search.batch}: its beams found ${all.length} ` +
        `under ${describeRules(run.settings)}`,
    );
  }
  return all.map((hypothesis, order) => ({ hypothesis, order }))
    .sort((a, b) => b.hypothesis.score - a.hypothesis.score || b.order - a.order)
    .slice(0, wanted)
    .map(({ hypothesis }) => ({ ...hypothesis, batch: search.batch }));
}
