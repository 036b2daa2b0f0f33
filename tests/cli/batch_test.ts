import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runLsg } from "../../cli/lsg.ts";
import { describeLocal } from "../../cli/batch_work.ts";
import { describeStatus } from "../../cli/batch_status.ts";
import { checkOnce } from "../batch/check_once.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  return { code: await runLsg(["batch", ...args], io), out: io.out, err: io.err };
}

const COMMANDS = ["run", "plan", "work", "status", "retry", "merge"];

Deno.test("lsg batch --help lists its commands, and each prints its options", async () => {
  const { code, out } = await run("--help");
  assertEquals(code, 0);
  for (const name of COMMANDS) {
    assert(new RegExp(`^  ${name} +\\w`, "m").test(out), name);
    const help = await run(name, "--help");
    assertEquals([help.code, help.err], [0, ""]);
    assertStringIncludes(help.out, `lsg batch ${name} `);
    assertStringIncludes(help.out, `\nExamples:\n  lsg batch ${name} `);
    assert(help.out.split("\n").every((line) => line.length <= 100), help.out);
  }
});

Deno.test("what is missing or unknown is a mistake of the caller", async () => {
  for (
    const [args, message] of [
      [[], "Missing command: wanted run, plan"],
      [["pan"], "did you mean plan?"],
      [["plan", "a.txt"], "Missing --model"],
      [["plan", "a.txt", "--model", "m"], "Missing --task"],
      [["plan", "--model", "m", "--task", "encode", "--out", "o"], "Missing INPUT"],
      [["run", "a", "--model", "m", "--task", "embed", "--out", "o"], 'Unknown task "embed"'],
      [["plan", "a", "--model", "m", "--task", "tag", "--out", "o", "--parameters", "{"], "JSON"],
      [["plan", "a", "--model", "m", "--task", "tag", "--out", "o", "--result", "csv"], "jsonl"],
      [
        [..."run a --model m --task tag --out o --shard-documents 1001".split(" ")],
        "from 1 to 1000",
      ],
      [["work"], "Missing DIR"],
      [["status"], "Missing DIR"],
      [["merge", "a"], "Missing FILE"],
    ] as const
  ) {
    const { code, err } = await run(...args);
    assertEquals(code, 2, err);
    assertStringIncludes(err, message);
  }
  assertEquals((await run("status", "no/such/folder")).code, 1);
});

Deno.test("lsg batch run plans and works; started again it has nothing to do", () =>
  withFolder(async (folder) => {
    const [rows, out, all] = ["rows.jsonl", "out", "all.jsonl"].map((name) => `${folder}/${name}`);
    const texts = ["the sea", "a river", "the sea ".repeat(400)];
    await Deno.writeTextFile(rows, texts.map((body) => `${JSON.stringify({ body })}\n`).join(""));
    const args = ["run", rows, "--field", "body", "--task", "encode", "--out", out, "--model"];
    const model = [taskModel("bert_sentences"), "--device", "wasm", "--threads", "1"];
    const io = new ModelMemoryIo();
    io.stderrIsTerminal = true;
    assertEquals(await runLsg(["batch", ...args, ...model], io), 0, io.err);
    assertStringIncludes(io.out, "Did 3 documents of");
    assertStringIncludes(io.out, "1 of them with errors");
    assertStringIncludes(io.err, "Planning ");
    assertStringIncludes(io.err, "3 of 3 documents, ");
    assert(io.err.endsWith("\r\x1b[K"), io.err);
    assertStringIncludes((await run(...args, ...model)).out, "Did 0 documents");
    const other = await run(...args, ...model, "--parameters", '{"normalize": true}');
    assertEquals(other.code, 1);
    assertStringIncludes(other.err, "normalize undefined, not true");

    const [status] = parseLines((await run("status", out, "--json")).out);
    assertEquals([status.done, status.shards, status.documentsFailed], [1, 1, 1]);
    assertStringIncludes((await run("status", out)).out, "1 of 1 done");
    const merged = await run("merge", out, all);
    assertStringIncludes(merged.out, "2 documents, and 1 with errors");
    const files = [all, `${folder}/all.errors.jsonl`];
    assertEquals(await checkOnce(out, files), { documents: 2, failed: 1, problems: [] });
    assertStringIncludes((await run("retry", out, "--documents")).out, "1 shard to do again");

    await Deno.writeTextFile(rows, '{"body": "another"}\n');
    const changed = await run("work", out, "--local", "--device", "cpu");
    assertEquals(changed.code, 1);
    assertStringIncludes(changed.err, "Cannot do 1 of the shards");
    assertStringIncludes(changed.err, "has changed since the batch was planned");
    assertStringIncludes((await run("status", out)).out, "given up");
  }));

Deno.test("progress and status tell rate and time left", () => {
  const line = describeLocal({ documents: 50, total: 200, own: 25, tokens: 1000, seconds: 10 });
  assertStringIncludes(line, "50 of 200 documents, 100 tokens/s, 60 s left");
  const text = describeStatus({
    ...{ shards: 4, done: 2, failed: 1, left: 1, documents: 40, documentsDone: 20 },
    ...{ documentsFailed: 3, tokens: 100, workers: 2, documentsPerSecond: 0.5 },
    ...{ tokensPerSecond: 50, secondsLeft: 2000 },
    reasons: [{ id: "0".repeat(32), reason: "no\u001b memory" }],
  });
  for (const part of ["2 of 4 done", "20 of 40 done", "0.500 documents/s, 50 tokens/s", "33 min"]) {
    assertStringIncludes(text, part);
  }
  assert(!text.includes("\u001b"), text);
});
