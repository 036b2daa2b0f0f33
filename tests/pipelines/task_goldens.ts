import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { ConversionOptions } from "../../checkpoint/conversion/conversion_options.ts";
import type { ModelConfig } from "../../families/model_config.ts";
import { pipeline, type Pipelines, type PipelineTask } from "../../pipelines/mod.ts";
import { ACCUMULATION, modelBound } from "../../verify/bounds.ts";
import "../helpers/quiet_reference.ts";

const root = new URL("../golden/", import.meta.url);

/** The folder of a model of tools/golden/task_models.py. */
export function taskModel(name: string): string {
  return fromFileUrl(new URL(`pipelines/${name}`, root));
}

/** A case of tools/golden/task_cases.py with the results of Python's pipeline. */
export interface TaskCase<Result> {
  /** What the case is about. */
  readonly name: string;
  /** The call's options. */
  readonly options: Record<string, unknown>;
  /** Largest score of the model. */
  readonly largest: number;
  /** Results, one for each text. */
  readonly results: Result[];
}

interface TaskGoldens<Result, Text> {
  readonly models: readonly {
    readonly source: string;
    readonly lsg: ConversionOptions | null;
    readonly config: Record<string, unknown>;
    readonly texts: Text[];
    readonly cases: readonly TaskCase<Result>[];
  }[];
}

/**
 * Runs each case of a task's goldens as a test.
 *
 * @param task The task; its file has the same name.
 * @param run Runs a case's texts as a batch.
 * @param check Compares a text's result with Python's, where logits differ by at most `delta`.
 */
export async function testTask<Task extends PipelineTask, Wanted, Text = string>(
  task: Task,
  run: (loaded: Pipelines[Task], texts: Text[], golden: TaskCase<Wanted>) => Promise<unknown[]>,
  check: (actual: unknown, wanted: Wanted, delta: number) => void,
): Promise<void> {
  const file = new URL(`pipelines/${task.replaceAll("-", "_")}.json`, root);
  const { models }: TaskGoldens<Wanted, Text> = JSON.parse(await Deno.readTextFile(file));
  for (const { source, lsg, config, texts, cases } of models) {
    for (const golden of cases) {
      const kind = `${source}${lsg ? ", LSG" : ""}${Object.values(config).map((v) => `, ${v}`)}`;
      Deno.test(`${task} as in Python: ${kind}: ${golden.name}`, async () => {
        const folder = fromFileUrl(new URL(source, root));
        const loaded = await pipeline(task, folder, { device: "cpu", config, ...(lsg && { lsg }) });
        const delta = deltaOf(loaded.model.config, golden.largest);
        const results = await run(loaded, texts, golden);
        loaded.dispose();
        assertEquals(results.length, golden.results.length);
        results.forEach((result, i) => check(result, golden.results[i], delta));
      });
    }
  }
}

function deltaOf(config: ModelConfig, largest: number): number {
  const { num_hidden_layers: layers, intermediate_size: width } = config;
  return modelBound({ layers, width, output: largest }, ACCUMULATION.cpu);
}

/**
 * Compares results recursively: scores within a bound, everything else exactly.
 *
 * @param actual Our result.
 * @param wanted Python's result; properties that it lacks are not compared.
 * @param bound Largest allowed difference of a score.
 */
export function assertResult(
  actual: unknown,
  wanted: unknown,
  bound: (wanted: number) => number,
): void {
  if (Array.isArray(wanted)) {
    const list = actual as unknown[];
    assertEquals(list.length, wanted.length);
    return wanted.forEach((each, i) => assertResult(list[i], each, bound));
  }
  if (typeof wanted === "object" && wanted !== null) {
    return Object.entries(wanted).forEach(([key, value]) =>
      assertResult((actual as Record<string, unknown>)[key], value, isScore(key) ? bound : exact)
    );
  }
  if (typeof wanted !== "number") return assertEquals(actual, wanted);
  const difference = Math.abs(Number(actual) - wanted);
  assert(difference <= bound(wanted), `${actual} is not ${wanted} ± ${bound(wanted)}`);
}

const isScore = (key: string) => key === "score" || key === "scores";
const exact = () => 0;

/** Bound of a product of `factors` shares exp(xᵢ) / Σ exp(xⱼ), each x differing by at most δ. */
export function shareBound(delta: number, factors = 1): (wanted: number) => number {
  return (wanted) => Math.expm1(2 * factors * delta) * Math.abs(wanted);
}

/** Loads a pipeline on the reference, where a text gives the same bits alone and in a batch. */
export function loadTask<Task extends PipelineTask>(
  task: Task,
  model: string,
  lsg?: ConversionOptions,
): Promise<Pipelines[Task]> {
  return pipeline(task, taskModel(model), { device: "cpu", ...(lsg && { lsg }) });
}
