/**
 * One shard, from documents to results.
 *
 * @module
 */
import { needPackages } from "../base/need_packages.ts";
import { nodeModule } from "../base/node_module.ts";
import type { HostedModel } from "../hosting/mod.ts";
import { answerBy, type AnswerDocument, type BatchRow } from "./answer.ts";
import { type BatchDocument, readDocuments } from "./documents.ts";
import { loadParquetReader } from "./find_inputs.ts";
import type { BatchInput, BatchPlan } from "./batch_plan.ts";
import type { Shard } from "./shard.ts";
import { encodeRows, loadParquetWriter } from "./results.ts";
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
 * @throws {ParametersError} If the parameters do not fit the model.
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
  const { pid } = nodeModule("node:process");
  try {
    return `${nodeModule("node:os").hostname()}:${pid}`;
  } catch {
    // Deno may not be allowed to.
    return `?:${pid}`;
  }
}

async function makeAnswer(
  plan: BatchPlan,
  { input }: Shard,
  model: HostedModel,
): Promise<AnswerDocument> {
  if (plan.inputs[input]?.kind !== "openai") return answerBy(plan, model);
  const { answerRequestsBy } = await loadRequests();
  return answerRequestsBy(plan, model);
}

/**
 * Loads the packages that a batch needs, so that one that is not there is told before the work.
 *
 * @param plan The plan.
 * @throws {Error} If a package is not there; the message tells how to install it.
 */
export async function loadPackages({ inputs, result }: BatchPlan): Promise<void> {
  const has = (kind: BatchInput["kind"]) => inputs.some((input) => input.kind === kind);
  if (has("openai")) await loadRequests();
  if (has("parquet")) await loadParquetReader();
  if (result === "parquet") await loadParquetWriter();
}

function loadRequests() {
  return needPackages(
    "requests of the OpenAI API",
    ["hono", "@hono/swagger-ui", "@hono/zod-openapi", "zod", "prom-client"],
    import("./openai_requests.ts"),
  );
}

/** Asks for all documents, many at a time, so that those of similar length run together. */
async function answerAll(
  plan: BatchPlan,
  shard: Shard,
  answer: AnswerDocument,
  outer: AbortSignal | undefined,
  onRow: (row: BatchRow) => void,
): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  // A controller each: Node warns of a signal with many listeners.
  const running = new Map<Promise<void>, AbortController>();
  let held = 0;
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    for (const controller of running.values()) controller.abort(error);
  };
  const stop = () => fail(outer!.reason);
  const start = (index: number, document: BatchDocument) => {
    const controller = new AbortController();
    const asked = answer(document, controller.signal).then((row) => {
      rows[index] = row;
      onRow(row);
    }).catch(fail).finally(() => {
      held -= document.size;
      running.delete(asked);
    });
    held += document.size;
    running.set(asked, controller);
  };
  outer?.addEventListener("abort", stop, { once: true });
  try {
    outer?.throwIfAborted();
    let index = 0;
    for await (const document of readDocuments(plan, shard)) {
      while (!failure && running.size > 0 && held + document.size > MOST_CHARACTERS) {
        await Promise.race(running.keys());
      }
      if (failure) break;
      start(index++, document);
    }
  } catch (error) {
    fail(error);
  } finally {
    await Promise.all(running.keys());
    outer?.removeEventListener("abort", stop);
  }
  if (failure) throw failure.error;
  return rows;
}
