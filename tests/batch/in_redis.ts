/**
 * `deno task test:batch`: a batch by workers in Deno and in Node, over a Redis of the test's own.
 * Workers are killed at any time, also while they write; Redis loses everything; a disk is full.
 *
 * The file name excludes it from `deno task test`, as it takes a minute and needs `redis-server` and
 * npm's registry. Without them its tests are ignored, with the reason in their names; they fail if
 * `LSG_REQUIRE_REDIS=1`.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { countQueue, fillQueue, MOST_WAITING } from "../../batch/queue.ts";
import { RedisError } from "../../batch/redis.ts";
import { listDone, listFailed } from "../../batch/shard_files.ts";
import { makeDocuments } from "../../bench/batch/make_documents.ts";
import { RedisServer } from "../../bench/batch/redis_server.ts";
import { workUnderFire } from "../../bench/batch/under_fire.ts";
import {
  IN_DENO,
  inNode,
  type Program,
  runLsg,
  startLsg,
} from "../../bench/batch/worker_process.ts";
import { Random } from "../../tensor/random.ts";
import { buildNodeProgram } from "../../tools/node_program.ts";
import { testUnless } from "../helpers/test_unless.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { checkOnce } from "./check_once.ts";

const MODEL = fromFileUrl(new URL("../../demo/model", import.meta.url));
/** A model of a few words, for what does not depend on how long it computes. */
const SMALL = fromFileUrl(new URL("../golden/pipelines/bert_sentences", import.meta.url));

/** Flags of workers: what a killed one leaves is taken up after two seconds. */
const QUICK = ["--lock", "2", "--device", "wasm", "--threads", "1"];

let node: Program = IN_DENO;
const reason = await prepare();

async function prepare(): Promise<string | undefined> {
  try {
    await new Deno.Command("redis-server", { args: ["--version"], stdout: "null" }).output();
    node = inNode(await buildNodeProgram());
    return undefined;
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      /ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(`${error}`);
    if (Deno.env.get("LSG_REQUIRE_REDIS") === "1" || !isAbsent) throw error;
    return "redis-server is not installed, or npm's registry cannot be reached";
  }
}

/** Calls a test with a batch of documents that nobody has planned. */
async function withDocuments(
  count: number,
  characters: number,
  test: (batch: { readonly input: string; readonly out: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const input = `${folder}/documents.jsonl`;
    await makeDocuments(input, count, characters);
    await test({ input, out: `${folder}/out` });
  });
}

/** Asserts that each of so many documents is in the results exactly once. */
async function assertOnce(out: string, documents: number): Promise<void> {
  assertEquals(await checkOnce(out), { documents, failed: 0, problems: [] });
}

const plan = (input: string, out: string, model: string, size: number) =>
  runLsg(IN_DENO, planArgs(input, out, model, size));

const planArgs = (input: string, out: string, model: string, size: number) => [
  ...["batch", "plan", input, "--out", out, "--model", model, "--task", "feature-extraction"],
  ...["--id-field", "id", "--shard-documents", String(size)],
];

testUnless(
  reason,
  "two plan at once; workers in Deno and Node are killed, as is Redis: every document exactly once",
  () =>
    withDocuments(400, 500, async ({ input, out }) => {
      const plans = await Promise.all([
        startLsg(IN_DENO, planArgs(input, out, MODEL, 16)).ended,
        startLsg(node, planArgs(input, out, MODEL, 16)).ended,
      ]);
      assertEquals(plans.map(({ code }) => code), [0, 0], plans[0].stderr + plans[1].stderr);
      await using redis = await RedisServer.start();
      const fire = await workUnderFire(out, redis, {
        programs: [IN_DENO, node, IN_DENO, node],
        args: QUICK,
        killSeconds: 2,
        // On a busy machine workers would be killed before they have done anything.
        mostKills: 4,
        redisSeconds: 3,
        timeout: 170,
        random: new Random(0),
      });
      assert(fire.isRedisKilled && fire.kills >= 2, JSON.stringify(fire));
      await assertOnce(out, 400);
      assertEquals((await listFailed(out)).size, 0);
    }),
);

testUnless(
  reason,
  "a worker that is killed while it writes leaves no half results",
  () =>
    withDocuments(400, 40, async ({ input, out }) => {
      await plan(input, out, SMALL, 20);
      await using redis = await RedisServer.start();
      await Deno.mkdir(`${out}/writing`, { recursive: true });
      let left = 0;
      for (let attempt = 0; attempt < 6; attempt++) {
        using watcher = Deno.watchFs(`${out}/writing`);
        const worker = startLsg(attempt % 2 ? node : IN_DENO, [
          ...["batch", "work", out, "--redis", redis.url, ...QUICK],
        ]);
        void worker.ended.then(() => watcher.close());
        for await (const { kind } of watcher) {
          if (kind !== "create") continue;
          worker.kill("SIGKILL");
          break;
        }
        await worker.ended;
        left += (await Array.fromAsync(Deno.readDir(`${out}/writing`))).length;
        if (left > 0) break;
      }
      assert(left > 0, "No worker was killed while it wrote");
      await runLsg(IN_DENO, ["batch", "work", out, "--redis", redis.url, ...QUICK]);
      await assertOnce(out, 400);
      assertEquals(await Array.fromAsync(Deno.readDir(`${out}/writing`)), []);
    }),
);

testUnless(
  reason,
  "a worker whose disk is full gives its shard back and ends",
  () =>
    withDocuments(200, 40, async ({ input, out }) => {
      await plan(input, out, SMALL, 50);
      await using redis = await RedisServer.start();
      // Files of this process alone have at most 4 KB: its system says EFBIG, as ENOSPC on a full disk.
      const [command, ...first] = node.command;
      const limited: Program = {
        name: "Node with a full disk",
        command: ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", command, ...first],
      };
      const work = ["batch", "work", out, "--redis", redis.url, ...QUICK];
      const { code, stderr } = await startLsg(limited, work).ended;
      assertEquals(code, 1);
      assertStringIncludes(stderr, "the disk is full");
      assertEquals((await listDone(out)).size, 0);
      assertEquals((await listFailed(out)).size, 0);
      const { waiting, active, delayed, failed } = await countQueue(out, redis.url);
      assertEquals([waiting, active, delayed, failed], [4, 0, 0, 0]);
      await runLsg(IN_DENO, work);
      await assertOnce(out, 200);
    }),
);

testUnless(
  reason,
  "SIGTERM gives a shard back, or lets it end",
  () =>
    withDocuments(120, 4000, async ({ input, out }) => {
      await plan(input, out, MODEL, 30);
      await using redis = await RedisServer.start();
      const work = ["batch", "work", out, "--redis", redis.url, ...QUICK];
      for (const [program, drain] of [[IN_DENO, 0], [node, 0], [IN_DENO, 60]] as const) {
        const worker = startLsg(program, [...work, "--drain-timeout", String(drain)]);
        const before = (await listDone(out)).size;
        let [active, isEnded] = [0, false];
        void worker.ended.then(() => isEnded = true);
        while (active === 0 && !isEnded) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          ({ active } = await countQueue(out, redis.url));
        }
        worker.kill("SIGTERM");
        const { code, stderr } = await worker.ended;
        assertEquals(code, 0, stderr);
        const done = (await listDone(out)).size - before;
        assertEquals(done, drain === 0 ? 0 : 1);
        assertEquals((await countQueue(out, redis.url)).active, 0);
      }
    }),
);

testUnless(
  reason,
  "a shard that fails three times lies in the failed set, until it is retried",
  () =>
    withDocuments(60, 40, async ({ input, out }) => {
      await plan(input, out, SMALL, 20);
      const text = await Deno.readTextFile(input);
      // Line 30 is in the second of three shards.
      const lines = text.split("\n");
      lines[29] = lines[29].replace("document-29", "document-xx");
      await Deno.writeTextFile(input, lines.join("\n"));
      await using redis = await RedisServer.start();
      const work = ["batch", "work", out, "--redis", redis.url, ...QUICK];
      const { code, stdout, stderr } = await startLsg(node, work).ended;
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "Did 2 shards");
      assertStringIncludes(stderr, "1 shard of");
      const [[, { reason, attempts }]] = await listFailed(out);
      assertStringIncludes(reason, "changed since");
      assertEquals(attempts, 3);
      assertEquals((await countQueue(out, redis.url)).failed, 1);
      await Deno.writeTextFile(input, text);
      await runLsg(IN_DENO, ["batch", "retry", out]);
      assertStringIncludes(await runLsg(IN_DENO, work), "Did 1 shard,");
      assertEquals((await countQueue(out, redis.url)).failed, 0);
      await assertOnce(out, 60);
    }),
);

testUnless(
  reason,
  "no more than some thousand jobs are in Redis",
  () =>
    withDocuments(2500, 40, async ({ input, out }) => {
      await plan(input, out, SMALL, 1);
      await using redis = await RedisServer.start();
      for (let i = 0; i < 2; i++) {
        assertEquals((await fillQueue(out, redis.url)).waiting, MOST_WAITING);
        assertEquals((await fillQueue(out, redis.url)).waiting, MOST_WAITING);
        await redis.kill();
        await redis.restart();
        assertEquals((await countQueue(out, redis.url)).waiting, 0);
      }
    }),
);

testUnless(
  reason,
  "the password is not printed; eviction and a Redis that is not there are told",
  () =>
    withDocuments(2, 40, async ({ input, out }) => {
      await plan(input, out, SMALL, 1);
      await using redis = await RedisServer.start([
        ...["--requirepass", "secret", "--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru"],
      ]);
      const at = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}`;
      const warnings: string[] = [];
      await countQueue(out, at("secret"), (message) => warnings.push(message));
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0], "allkeys-lru");
      for (const url of [at("wrong-secret"), redis.url]) {
        const { message } = await assertRejects(() => countQueue(out, url), RedisError);
        assertFalse(message.includes("secret"), message);
      }
      await redis.kill();
      const { message } = await assertRejects(() => countQueue(out, at("secret")), RedisError);
      assertStringIncludes(message, `redis://127.0.0.1:${redis.port}: `);
      assertFalse(message.includes("secret"), message);
    }),
);
