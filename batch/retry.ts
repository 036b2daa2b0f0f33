/**
 * Shards again.
 *
 * @module
 */
import { readPlan, readShards } from "./plan_files.ts";
import { forgetFailed, listDone, listFailed, readReport, removePart } from "./shard_files.ts";

/** What is done again. */
export interface RetryOptions {
  /** Whether shards with documents that failed are, too; all their documents are done again. */
  readonly documents?: boolean;
}

/**
 * Makes shards that were given up be done again, by whoever works next.
 *
 * @param out The batch's folder.
 * @param options Which others.
 * @returns The ids of the shards that are left to do now because of this.
 * @throws {RangeError} If the folder has no plan.
 *
 * @example
 * ```ts
 * import { retryBatch } from "@lsg/core/batch";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => retryBatch("no/such/folder"), RangeError, "no batch");
 * ```
 */
export async function retryBatch(
  out: string,
  { documents = false }: RetryOptions = {},
): Promise<string[]> {
  const plan = await readPlan(out);
  const done = await listDone(out);
  const failed = await listFailed(out);
  const again: string[] = [];
  for await (const { id } of readShards(out, plan.version)) {
    if (failed.has(id)) await forgetFailed(out, id);
    if (!done.has(id)) {
      if (failed.has(id)) again.push(id);
    } else if (documents && (await readReport(out, id)).failed > 0) {
      await removePart(out, id);
      again.push(id);
    }
  }
  return again;
}
