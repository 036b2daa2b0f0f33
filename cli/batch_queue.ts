/**
 * `lsg batch work --redis`: shards from a queue.
 *
 * @module
 */
import { runWorker, type WorkerModelOptions } from "../batch/mod.ts";
import { readVariable } from "../hub/permissions.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { requireCount } from "./choice.ts";
import { withInterrupt } from "./interrupt.ts";
import type { ModelIo } from "./model_io.ts";
import { warn } from "./run_command.ts";
import { escapeControls } from "./table.ts";
import { plural } from "./plural.ts";

/** The option of a Redis. */
export const REDIS_OPTION = {
  type: "string",
  placeholder: "URL",
  description: "The queue: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS " +
    "(the variable REDIS_URL, which lists of processes do not show).",
} as const;

/** Options of a worker on a queue. */
export const QUEUE_OPTIONS = {
  redis: REDIS_OPTION,
  concurrency: {
    type: "number",
    placeholder: "N",
    description: "Shards that run at the same time, on one model (1).",
  },
  lock: {
    type: "number",
    placeholder: "SECONDS",
    description: "Time after which another worker takes the shard of one that died (60).",
  },
  drain_timeout: {
    type: "number",
    placeholder: "SECONDS",
    description: "Time that a shard has to end after SIGTERM or Ctrl-C, before it is given back " +
      "(20).",
  },
} as const;

/**
 * Finds the URL of Redis.
 *
 * @param given The flag's value.
 * @returns The URL; undefined if neither the flag nor the variable is there.
 */
export function findRedis(given: string | undefined): string | undefined {
  return given ?? readVariable("REDIS_URL");
}

/**
 * Does shards from the queue until all are done, or a signal ends it.
 *
 * @param io Streams.
 * @param out The batch's folder.
 * @param values Option values.
 * @param options How the model runs.
 * @throws {UsageError} If there is no URL, or a value is wrong.
 */
export async function doQueuedShards(
  io: ModelIo,
  out: string,
  values: OptionValues<typeof QUEUE_OPTIONS>,
  options: WorkerModelOptions,
): Promise<void> {
  const { lock, drain_timeout } = values;
  const redis = findRedis(values.redis);
  if (!redis) {
    throw new UsageError(
      "Missing --redis URL: wanted it, or the variable REDIS_URL; or --local, without a queue",
    );
  }
  const concurrency = requireCount("--concurrency", values.concurrency, 1);
  const { shards, documents, failed, left, givenUp } = await withInterrupt((signal) =>
    runWorker(out, {
      ...options,
      ...{ redis, concurrency, lock_seconds: lock, drain_timeout, signal },
      onShard: ({ id, documents, failed, seconds }) =>
        void io.stderr(
          `${id}: ${plural(documents, "document")}${
            failed > 0 ? `, ${failed} with errors` : ""
          }, ` +
            `${seconds.toFixed(1)} s\n`,
        ),
      onWarning: (message) => void warn(io, message),
    })
  );
  const folder = escapeControls(out);
  await io.stdout(
    `Did ${plural(shards, "shard")}, ${plural(documents, "document")} of ${folder}` +
      (failed > 0 ? `, ${failed} of them with errors: see parts/*/errors.jsonl` : "") +
      (left > 0 ? `; ${plural(left, "shard")} left` : "") + "\n",
  );
  if (givenUp.length === 0) return;
  // Not a failure of this worker, which would be started again for ever.
  await warn(
    io,
    `${plural(givenUp.length, "shard")} of ${folder} given up: ${givenUp[0].reason}; ` +
      "lsg batch retry has them done again",
  );
}
