import { fromFileUrl } from "@std/path";
import { type BatchSettings, planBatch } from "../../batch/mod.ts";
import { loadPlannedModel } from "../../batch/load_model.ts";
import type { BatchPlan } from "../../batch/batch_plan.ts";
import { readPlan, readShards } from "../../batch/plan_files.ts";
import type { Shard } from "../../batch/shard.ts";
import { runShard } from "../../batch/run_shard.ts";
import type { HostedModel } from "../../hosting/mod.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** A folder of a small model of the goldens. */
export function goldenModel(name: string): string {
  return fromFileUrl(new URL(`../golden/pipelines/${name}`, import.meta.url));
}

/** A small model that embeds texts of at most 64 tokens. */
export const SENTENCES: string = goldenModel("bert_sentences");

/** Settings of a batch of embeddings with small shards. */
export function embedInto(out: string, more: Partial<BatchSettings> = {}): BatchSettings {
  return {
    out,
    checkpoint: SENTENCES,
    task: "feature-extraction",
    shard_documents: 4,
    ...more,
  };
}

/** How models run in tests. */
export const ONE_THREAD = { device: "wasm", threads: 1 } as const;

/** Lines of JSON. */
export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Values of a file of JSON lines. */
// deno-lint-ignore no-explicit-any
export async function readJsonLines(path: string): Promise<any[]> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Numbered texts, as rows. */
export function texts(count: number, first = 0): { text: string }[] {
  return Array.from({ length: count }, (_, i) => ({ text: `the sea ${first + i}` }));
}

/** Plans rows, loads the model unless one is given, and calls a test with the first shard. */
export function withShard(
  rows: readonly unknown[],
  more: Partial<BatchSettings>,
  test: (given: {
    folder: string;
    out: string;
    part: string;
    plan: BatchPlan;
    shard: Shard;
    model: HostedModel;
  }) => Promise<void>,
  given?: HostedModel,
): Promise<void> {
  return withFolder(async (folder) => {
    const out = `${folder}/out`;
    await Deno.writeTextFile(`${folder}/rows.jsonl`, jsonLines(rows));
    await planBatch([`${folder}/rows.jsonl`], embedInto(out, { shard_documents: 100, ...more }));
    const plan = await readPlan(out);
    const [shard] = await Array.fromAsync(readShards(out));
    const model = given ?? await loadPlannedModel(plan, ONE_THREAD);
    try {
      await test({ folder, out, part: `${out}/parts/part-${shard.id}`, plan, shard, model });
    } finally {
      if (!given) await model.close();
    }
  });
}

/** A line of results of requests. */
export interface Answer {
  readonly id: string;
  readonly custom_id: string;
  readonly error: null;
  // deno-lint-ignore no-explicit-any
  readonly response: { status_code: number; request_id: string; body: any };
}

/** Asks a model, which requests call mine. */
export async function answersTo(
  requests: readonly unknown[],
  task: "feature-extraction" | "text-generation",
  model: string,
): Promise<{ results: Answer[]; errors: Answer[]; tokens: number }> {
  let answers: { results: Answer[]; errors: Answer[]; tokens: number } | undefined;
  await withFolder(async (folder) => {
    const out = `${folder}/out`;
    await Deno.writeTextFile(`${folder}/requests.jsonl`, jsonLines(requests));
    const more = { task, checkpoint: goldenModel(model), model_name: "mine", shard_documents: 99 };
    await planBatch([`${folder}/requests.jsonl`], embedInto(out, more));
    const plan = await readPlan(out);
    const [shard] = await Array.fromAsync(readShards(out));
    const hosted = await loadPlannedModel(plan, ONE_THREAD);
    try {
      const { tokens, failed } = await runShard(out, plan, shard, hosted);
      const part = `${out}/parts/part-${shard.id}`;
      const errors = failed === 0 ? [] : await readJsonLines(`${part}/errors.jsonl`);
      answers = { results: await readJsonLines(`${part}/result.jsonl`), errors, tokens };
    } finally {
      await hosted.close();
    }
  });
  return answers!;
}

/** A request of a batch. */
export const request = (custom_id: unknown, url: string, body: unknown) => ({
  custom_id,
  method: "POST",
  url,
  body,
});
