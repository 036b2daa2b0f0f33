/**
 * One shard, from documents to results.
 *
 * @module
 */
import { needPackages } from "../base/need_packages.ts";
import { nodeModule } from "../base/node_module.ts";
import type { HostedModel } from "../hosting/mod.ts";
import { answerBy, type AnswerDocument, type BatchRow } from "./answer.ts";
import { readDocuments } from "./documents.ts";
import type { BatchPlan, Shard } from "./plan_files.ts";
import { encodeRows } from "./results.ts";
import { isDone, readReport, type ShardReport, writeShard } from "./shard_files.ts";

/** Most characters of documents that wait and run at once; a longer one is alone. */
const MOST_CHARACTERS = 2 ** 24;

/** What a shard has done so far. */
export interface ShardProgress {
  /** Documents that are done. */
  readonly documents: number;
  /** Tokens of them. */
  readonly tokens: number;
}

/** How a shard is run. */
export interface RunShardOptions {
  /** Stops it; nothing is left of it then. */
  readonly signal?: AbortSignal;
  /** Called after each document. */
  readonly onProgress?: (progress: ShardProgress) => void;
  /** Who does it; absent: the machine's name and the number of the process. */
  readonly worker?: string;
}

/**
 * Does a shard: reads its documents, asks the model, writes the results. A document that is too long
 * or malformed goes to the file of errors. A shard that is done is not done again.
 *
 * @param out The batch's folder.
 * @param plan The plan.
 * @param shard The shard.
 * @param model The plan's model, which other shards may use at the same time.
 * @param options Signal, progress.
 * @returns What is told of it.
 * @throws {InputChangedError} If the documents are not those that were planned.
 * @throws {DiskFullError} If the disk takes no more.
 * @throws {Error} If the model fails; the signal's reason, if it was aborted.
 */
export async function runShard(
  out: string,
  plan: BatchPlan,
  shard: Shard,
  model: HostedModel,
  { signal, onProgress, worker = nameWorker() }: RunShardOptions = {},
): Promise<ShardReport> {
  if (await isDone(out, shard)) return await readReport(out, shard.id);
  const started = performance.now();
  const answer = await makeAnswer(plan, shard, model);
  let tokens = 0;
  let documents = 0;
  const rows = await answerAll(plan, shard, answer, signal, (row) => {
    documents++;
    if (!("error" in row)) tokens += row.tokens;
    onProgress?.({ documents, tokens });
  });
  const contents = await encodeRows(plan.result, rows, model.info.width ?? 0);
  signal?.throwIfAborted();
  return await writeShard(out, {
    id: shard.id,
    documents: rows.length,
    failed: rows.filter((row) => "error" in row).length,
    tokens,
    seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
    worker,
    finished: new Date().toISOString(),
  }, contents);
}

/** A name for what this process does. */
function nameWorker(): string {
  return `${nodeModule("node:os").hostname()}:${nodeModule("node:process").pid}`;
}

async function makeAnswer(
  plan: BatchPlan,
  { input }: Shard,
  model: HostedModel,
): Promise<AnswerDocument> {
  if (plan.inputs[input]?.kind !== "openai") return answerBy(plan, model);
  const { answerRequestsBy } = await needPackages(
    "requests of the OpenAI API",
    ["hono", "@hono/swagger-ui", "@hono/zod-openapi", "zod", "prom-client"],
    import("./openai_requests.ts"),
  );
  return answerRequestsBy(plan, model);
}

/** Asks for all documents, many at a time, so that those of similar length run together. */
async function answerAll(
  plan: BatchPlan,
  shard: Shard,
  answer: AnswerDocument,
  outer: AbortSignal | undefined,
  onRow: (row: BatchRow) => void,
): Promise<BatchRow[]> {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  // Each document listens to it; Node warns of more than ten.
  nodeModule("node:events").setMaxListeners(0, signal);
  const rows: BatchRow[] = [];
  const running = new Set<Promise<void>>();
  let held = 0;
  let failure: { readonly error: unknown } | undefined;
  const start = (index: number, document: Parameters<AnswerDocument>[0]) => {
    const asked = answer(document, signal).then((row) => {
      rows[index] = row;
      onRow(row);
    }).catch((error) => {
      failure ??= { error };
      controller.abort(error);
    }).finally(() => {
      held -= document.size;
      running.delete(asked);
    });
    held += document.size;
    running.add(asked);
  };
  try {
    let index = 0;
    for await (const document of readDocuments(plan, shard)) {
      signal.throwIfAborted();
      while (running.size > 0 && held + document.size > MOST_CHARACTERS) {
        await Promise.race(running);
        signal.throwIfAborted();
      }
      start(index++, document);
    }
  } catch (error) {
    failure ??= { error };
    controller.abort(error);
  }
  await Promise.all(running);
  outer?.throwIfAborted();
  if (failure) throw failure.error;
  return rows;
}
