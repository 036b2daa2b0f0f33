/**
 * How far a batch is, from its files.
 *
 * @module
 */
import { readPlan, readShards } from "./plan_files.ts";
import { listDone, listFailed, readReport, type ShardReport } from "./shard_files.ts";

/** How far a batch is. */
export interface BatchStatus {
  /** Shards of the plan. */
  readonly shards: number;
  /** Shards that are done. */
  readonly done: number;
  /** Shards that were given up. */
  readonly failed: number;
  /** Shards that are left. */
  readonly left: number;
  /** Documents of the plan. */
  readonly documents: number;
  /** Documents of the shards that are done, those that failed included. */
  readonly documentsDone: number;
  /** Documents that failed, of the shards that are done. */
  readonly documentsFailed: number;
  /** Tokens of the shards that are done. */
  readonly tokens: number;
  /** Workers that finished a shard lately. */
  readonly workers: number;
  /** Documents a second lately, of all workers; undefined if too few shards are done. */
  readonly documentsPerSecond?: number;
  /** Tokens a second lately. */
  readonly tokensPerSecond?: number;
  /** Seconds until the documents of all shards that are left are done, if it goes on like this. */
  readonly secondsLeft?: number;
  /** Shards that were given up, with the reasons. */
  readonly reasons: readonly { readonly id: string; readonly reason: string }[];
}

/** Shards from which the rate is computed. */
const LATELY = 64;

/**
 * Reads how far a batch is: from files alone, so it needs no queue.
 *
 * @param out The batch's folder.
 * @returns The counts.
 * @throws {RangeError} If the folder has no plan.
 *
 * @example
 * ```ts
 * import { readStatus } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => readStatus("no/such/folder"), RangeError, "no batch");
 * ```
 */
export async function readStatus(out: string): Promise<BatchStatus> {
  const plan = await readPlan(out);
  const done = await listDone(out);
  const failed = await listFailed(out);
  const reports: ShardReport[] = [];
  const reasons: { id: string; reason: string }[] = [];
  let documentsLeft = 0;
  for await (const { id, documents } of readShards(out, plan.version)) {
    if (done.has(id)) {
      reports.push(await readReport(out, id));
      continue;
    }
    const found = failed.get(id);
    if (found) reasons.push({ id, reason: found.reason });
    else documentsLeft += documents;
  }
  const sum = (key: "documents" | "failed" | "tokens") =>
    reports.reduce((sum, report) => sum + report[key], 0);
  const rates = ratesOf(reports);
  return {
    shards: plan.shards,
    done: reports.length,
    failed: reasons.length,
    left: plan.shards - reports.length - reasons.length,
    documents: plan.documents,
    documentsDone: sum("documents"),
    documentsFailed: sum("failed"),
    tokens: sum("tokens"),
    workers: 0,
    ...rates,
    ...(rates && documentsLeft > 0 && {
      secondsLeft: documentsLeft / rates.documentsPerSecond,
    }),
    reasons,
  };
}

/** What the last shards took, without pauses in which none was worked on. */
function ratesOf(reports: readonly ShardReport[]) {
  const ends = reports.map((report) => ({ report, end: Date.parse(report.finished) / 1000 }))
    .filter(({ end }) => Number.isFinite(end))
    .sort((a, b) => b.end - a.end).slice(0, LATELY);
  if (ends.length === 0) return undefined;
  let seconds = 0;
  let earliest = Infinity;
  for (const { report, end } of ends) {
    const start = end - report.seconds;
    seconds += Math.max(0, Math.min(end, earliest) - start);
    earliest = Math.min(earliest, start);
  }
  if (seconds <= 0) return undefined;
  const of = (key: "documents" | "tokens") =>
    ends.reduce((sum, { report }) => sum + report[key], 0) / seconds;
  return {
    workers: new Set(ends.map(({ report }) => report.worker)).size,
    documentsPerSecond: of("documents"),
    tokensPerSecond: of("tokens"),
  };
}
