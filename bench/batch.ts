/**
 * `deno task bench:batch`: workers of `lsg batch` on one machine, killed while they work, and how they
 * scale.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { listDone, listFailed, readReport } from "../batch/shard_files.ts";
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { Random } from "../tensor/random.ts";
import { makeDocuments } from "./batch/make_documents.ts";
import { RedisServer } from "./batch/redis_server.ts";
import { workUnderFire } from "./batch/under_fire.ts";
import { IN_DENO, inNode, type Program, runLsg } from "./batch/worker_process.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { runJson } from "./own_process.ts";
import { formatTable } from "./table.ts";

/** Proves that each document is there exactly once; fails otherwise. */
const CHECKER = new URL("../tests/batch/check_once.ts", import.meta.url);

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));

const COMMAND = {
  name: "bench:batch",
  summary:
    "Embeds passages of a book by the embedded model, in workers that are killed every few " +
    "seconds while Redis loses everything once, and checks that each is there exactly once; or " +
    "compares workers of one thread.",
  options: {
    documents: { type: "number", default: 10_000, description: "Number of documents." },
    characters: { type: "number", default: 500, description: "Most characters of a document." },
    workers: { type: "number", default: 4, description: "Workers at the same time." },
    kill: { type: "number", default: 5, description: "Seconds after which a worker is killed." },
    lock: { type: "number", default: 60, description: "Seconds until its shard is taken up." },
    node: {
      type: "string",
      placeholder: "CLI.JS",
      description: "Every other worker runs in Node: the path that deno run -A " +
        "tools/node_program.ts prints. Absent: all in Deno.",
    },
    scale: {
      type: "boolean",
      default: false,
      description: "Instead: one and two workers of one thread, nobody is killed.",
    },
    repeats: { type: "number", default: 3, description: "Runs of each, for --scale." },
  },
} as const satisfies Command;

/** Plans a batch in a folder of its own, calls a function, and removes it. */
async function withBatch<Result>(
  documents: number,
  characters: number,
  run: (out: string, redis: RedisServer) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    const input = `${folder}/documents.jsonl`;
    const out = `${folder}/out`;
    await makeDocuments(input, documents, characters);
    await runLsg(IN_DENO, [
      ...["batch", "plan", input, "--out", out, "--model", MODEL, "--id-field", "id"],
      ...["--task", "feature-extraction", "--shard-documents", "32"],
    ]);
    await using redis = await RedisServer.start();
    return await run(out, redis);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Tokens of all documents. */
async function countTokens(out: string): Promise<number> {
  let tokens = 0;
  for (const id of await listDone(out)) tokens += (await readReport(out, id)).tokens;
  return tokens;
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const documents = requireCount("--documents", values.documents, 1)!;
    const characters = requireCount("--characters", values.characters, 2)!;
    const workers = requireCount("--workers", values.workers, 1)!;
    const repeats = requireCount("--repeats", values.repeats, 1)!;
    const { kill, lock, node, scale } = values;
    for (const [flag, seconds] of Object.entries({ kill, lock })) {
      if (!(seconds > 0)) {
        throw new UsageError(`Cannot use --${flag} ${seconds}: wanted seconds above 0`);
      }
    }
    const flags = ["--device", "wasm", "--threads", "1", "--lock", String(lock)];
    print(`${describeMachine(new Date())}; embedded model, ${documents} documents`);
    if (scale) {
      const seconds: number[][] = [[], []];
      let tokens = 0;
      for (let i = 0; i < repeats; i++) {
        for (const count of [1, 2]) {
          await withBatch(documents, characters, async (out, redis) => {
            const programs = new Array<Program>(count).fill(IN_DENO);
            const fire = await workUnderFire(out, redis, {
              programs,
              args: flags,
              killSeconds: Infinity,
              timeout: Infinity,
              random: new Random(0),
            });
            seconds[count - 1].push(fire.seconds);
            tokens = await countTokens(out);
          });
        }
      }
      const medians = seconds.map(median);
      formatTable(
        ["processes of one thread", "seconds", "tokens/s", "÷ one"],
        medians.map((time, i) => [
          String(i + 1),
          time.toFixed(1),
          (tokens / time).toFixed(0),
          (medians[0] / time).toFixed(2),
        ]),
      ).forEach((line) => print(line));
      return;
    }
    await withBatch(documents, characters, async (out, redis) => {
      const programs = Array.from(
        { length: workers },
        (_, i) => node !== undefined && i % 2 === 1 ? inNode(node) : IN_DENO,
      );
      const { seconds, kills, isRedisKilled } = await workUnderFire(out, redis, {
        programs,
        args: flags,
        killSeconds: kill,
        redisSeconds: 6 * kill,
        timeout: Infinity,
        random: new Random(0),
      });
      await runJson(CHECKER, [out]);
      const tokens = await countTokens(out);
      print(
        `${programs.map(({ name }) => name).join(", ")}: ${tokens} tokens in ${
          seconds.toFixed(0)
        } s, ${(tokens / seconds).toFixed(0)} tokens/s; ${kills} workers were killed, Redis ${
          isRedisKilled ? "once" : "never"
        }; ${(await listFailed(out)).size} shards failed; every document is there exactly once`,
      );
    });
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
