/**
 * The shards of a batch by their ids.
 *
 * @module
 */
import type { BatchPlan } from "./batch_plan.ts";
import { lastVersion, readPlan, readShards } from "./plan_files.ts";
import type { Shard } from "./shard.ts";
import { type FailedShard, listDone, listFailed } from "./shard_files.ts";

/** The plan of a batch and its shards, read again when it has grown. */
export class PlannedShards {
  readonly #out: string;
  #plan: BatchPlan;
  #shards = new Map<string, Shard>();

  private constructor(out: string, plan: BatchPlan) {
    this.#out = out;
    this.#plan = plan;
  }

  /**
   * Reads plan and shards.
   *
   * @param out The folder of the batch.
   * @returns Both.
   * @throws {RangeError | SyntaxError} If there is no plan, or it is malformed.
   */
  static async read(out: string): Promise<PlannedShards> {
    const planned = new PlannedShards(out, await readPlan(out));
    await planned.#readShards();
    return planned;
  }

  /** The plan. */
  get plan(): BatchPlan {
    return this.#plan;
  }

  /**
   * Finds a shard.
   *
   * @param id Its id.
   * @returns The shard; undefined if the plan has none.
   */
  async find(id: string): Promise<Shard | undefined> {
    if (!this.#shards.has(id)) await this.#refresh();
    return this.#shards.get(id);
  }

  /**
   * Lists the shards that are neither done nor given up.
   *
   * @returns Their ids, in the plan's order.
   */
  async listLeft(): Promise<string[]> {
    await this.#refresh();
    const [done, failed] = await Promise.all([listDone(this.#out), listFailed(this.#out)]);
    return [...this.#shards.keys()].filter((id) => !done.has(id) && !failed.has(id));
  }

  /**
   * Lists the shards that are given up.
   *
   * @returns The shards, with the reasons.
   */
  async listGivenUp(): Promise<FailedShard[]> {
    const [done, failed] = await Promise.all([listDone(this.#out), listFailed(this.#out)]);
    return [...failed.values()].filter(({ id }) => this.#shards.has(id) && !done.has(id));
  }

  async #refresh(): Promise<void> {
    if (await lastVersion(this.#out) === this.#plan.version) return;
    this.#plan = await readPlan(this.#out);
    await this.#readShards();
  }

  async #readShards(): Promise<void> {
    this.#shards = new Map();
    for await (const shard of readShards(this.#out, this.#plan.version)) {
      this.#shards.set(shard.id, shard);
    }
  }
}
