/**
 * Trainings one after the other; those with a result are not repeated.
 *
 * @module
 */
import { runJson } from "../own_process.ts";
import { baseOf, folderOf, type Job, type Run } from "./train_reader.ts";

const SCRIPT = new URL("./train_reader.ts", import.meta.url);

/** Where trainings leave results, and checkpoints on the way. */
export interface RunFiles {
  /** JSON with finished runs. */
  readonly results: string;
  /** Folder of checkpoints and of the 512-token readers. */
  readonly cache: string;
}

/**
 * Reads finished runs.
 *
 * @param path Path of the JSON.
 * @returns The runs; none if there is no file.
 */
export async function readRuns(path: string): Promise<Run[]> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Tells whether a run is that of a job.
 *
 * @param run The run.
 * @param job The job.
 * @returns Whether reader, seed, epochs and passages are the same.
 */
export function isRunOf(run: Job, job: Job): boolean {
  return run.reader === job.reader && run.seed === job.seed && run.epochs === job.epochs &&
    run.baseEpochs === job.baseEpochs && JSON.stringify(run.few) === JSON.stringify(job.few);
}

/**
 * Runs jobs that have no result yet, each in a process of its own.
 *
 * @param jobs The jobs; one that starts from another's model comes after it.
 * @param files Where results and checkpoints are.
 * @param print Called with a line for each job.
 * @returns All finished runs, those of other settings included.
 */
export async function runJobs(
  jobs: readonly Job[],
  { results, cache }: RunFiles,
  print: (line: string) => void,
): Promise<Run[]> {
  let runs = await readRuns(results);
  for (const [i, job] of jobs.entries()) {
    const name = `${i + 1}/${jobs.length} ${job.reader}, seed ${job.seed}`;
    const isDone = (one: Job) => runs.some((run) => isRunOf(run, one));
    const starting = jobs.filter((one) => one.baseEpochs > 0 && isRunOf(baseOf(one), job));
    if (isDone(job) && (starting.every(isDone) || await hasModel(cache, job))) {
      print(`${name}: done before`);
      continue;
    }
    const start = performance.now();
    const run = await runJson(SCRIPT, [JSON.stringify(job), cache], { progress: true }) as Run;
    runs = [...runs.filter((one) => !isRunOf(one, job)), run];
    await writeRuns(results, runs);
    await removeCheckpoints(folderOf(cache, job));
    print(`${name}: ${((performance.now() - start) / 60_000).toFixed(1)} minutes`);
  }
  return runs;
}

async function hasModel(cache: string, job: Job): Promise<boolean> {
  try {
    return (await Deno.stat(`${folderOf(cache, job)}/model`)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Written whole or not at all; a line each. */
async function writeRuns(path: string, runs: readonly Run[]): Promise<void> {
  const lines = runs.map((run) => JSON.stringify(run)).join(",\n");
  await Deno.writeTextFile(`${path}.part`, `[\n${lines}\n]\n`);
  await Deno.rename(`${path}.part`, path);
}

async function removeCheckpoints(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("checkpoint-")) await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
}
