/**
 * Workers that are killed while they work, and a Redis that loses everything.
 *
 * @module
 */
import { listDone } from "../../batch/shard_files.ts";
import type { Random } from "../../tensor/random.ts";
import type { RedisServer } from "./redis_server.ts";
import { type Ended, type LsgProcess, type Program, startLsg } from "./worker_process.ts";

/** What is done to workers. */
export interface Fire {
  /** A worker for each: what runs it. */
  readonly programs: readonly Program[];
  /** Arguments of `lsg batch work` besides the folder and Redis. */
  readonly args: readonly string[];
  /**
   * Seconds after which a worker is killed and another one is started, again and again; this and the
   * next from the first shard on that is done.
   */
  readonly killSeconds: number;
  /** Most workers that are killed; absent: no limit. */
  readonly mostKills?: number;
  /** Seconds after which Redis is killed and started again, empty, once; absent: never. */
  readonly redisSeconds?: number;
  /** Seconds in which everything must be done. */
  readonly timeout: number;
  /** Chooses who is killed. */
  readonly random: Random;
}

/** What happened. */
export interface AfterFire {
  /** Seconds until all was done, so that a worker ended. */
  readonly seconds: number;
  /** Workers that were killed while they ran. */
  readonly kills: number;
  /** Whether Redis was killed before all was done. */
  readonly isRedisKilled: boolean;
  /** How the workers ended that were not killed. */
  readonly ended: readonly Ended[];
}

/**
 * Runs workers until they have done everything, and kills one of them every few seconds.
 *
 * @param out The folder of the batch.
 * @param redis A Redis of one's own.
 * @param fire What is done to them.
 * @returns What happened.
 * @throws {Error} If a worker that was not killed fails, or time is up.
 */
export async function workUnderFire(
  out: string,
  redis: RedisServer,
  fire: Fire,
): Promise<AfterFire> {
  const { programs, args, killSeconds, mostKills = Infinity, redisSeconds, timeout, random } = fire;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const start = (program: Program): LsgProcess =>
    startLsg(program, ["batch", "work", out, "--redis", redis.url, ...args]);
  const workers = programs.map(start);
  const ended: Ended[] = [];
  let [kills, isRedisKilled] = [0, false];
  let [begun, nextKill, done] = [Infinity, Infinity, Infinity];
  try {
    const left = new Set(workers);
    const watch = (worker: LsgProcess) =>
      void worker.ended.then((end) => {
        if (!left.delete(worker)) return;
        ended.push(end);
      });
    left.forEach(watch);
    while (left.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const failed = ended.find(({ code }) => code !== 0);
      if (failed) throw new Error(`A worker ended with code ${failed.code}: ${failed.stderr}`);
      if (seconds() > timeout) throw new Error(`Workers have not ended after ${timeout} s`);
      // Who has ended has seen that all is done.
      if (ended.length > 0) {
        done = Math.min(done, seconds());
        continue;
      }
      if (begun === Infinity) {
        if ((await listDone(out)).size === 0) continue;
        begun = seconds();
        nextKill = begun + killSeconds;
      }
      if (redisSeconds !== undefined && !isRedisKilled && seconds() > begun + redisSeconds) {
        isRedisKilled = true;
        await redis.kill();
        await redis.restart();
      }
      if (seconds() < nextKill || kills >= mostKills) continue;
      nextKill += killSeconds;
      const running = [...left];
      const victim = running[Math.floor(random.uniform() * running.length)];
      left.delete(victim);
      victim.kill("SIGKILL");
      const { code } = await victim.ended;
      // It may have ended by itself in the same moment.
      if (code === 0) ended.push(await victim.ended);
      else {
        kills++;
        const next = start(victim.program);
        workers.push(next);
        left.add(next);
        watch(next);
      }
    }
    return { seconds: Math.min(done, seconds()), kills, isRedisKilled, ended };
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
}
