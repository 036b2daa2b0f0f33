import { assert, assertEquals, assertRejects } from "@std/assert";
import { isRunOf, readRuns, runJobs } from "../../../bench/table2/run_jobs.ts";
import { baseOf, folderOf, type Job } from "../../../bench/table2/train_reader.ts";

const JOB: Job = { reader: "lsg_norm", seed: 1, epochs: 2, baseEpochs: 3 };
const RUN = { ...JOB, answers: {}, loss: 1, seconds: 1, megabytes: 1 };

Deno.test("isRunOf() compares everything that a result depends on", () => {
  assert(isRunOf(JSON.parse(JSON.stringify(RUN)), { ...JOB, few: undefined }));
  for (
    const other of [
      { reader: "bigbird" },
      { seed: 2 },
      { epochs: 3 },
      { baseEpochs: 2 },
      { few: { authors: 2, passages: 1 } },
    ]
  ) {
    assertEquals(isRunOf(RUN, { ...JOB, ...other }), false, JSON.stringify(other));
  }
});

Deno.test("jobs of the same start have the same base, others do not", () => {
  assertEquals(baseOf(JOB), baseOf({ ...JOB, reader: "bigbird", epochs: 5 }));
  const folders = [JOB, baseOf(JOB), { ...JOB, seed: 2 }, { ...JOB, baseEpochs: 1 }].map((job) =>
    folderOf("cache", job)
  );
  assertEquals(new Set(folders).size, 4);
});

Deno.test("a job with a result is not run again, nor is the start of one", async () => {
  const folder = await Deno.makeTempDir();
  const files = { results: `${folder}/results.json`, cache: folder };
  assertEquals(await readRuns(files.results), []);
  const runs = [RUN, { ...RUN, ...baseOf(JOB) }];
  await Deno.writeTextFile(files.results, JSON.stringify(runs));
  const lines: string[] = [];
  await runJobs([baseOf(JOB), JOB], files, (line) => lines.push(line));
  assertEquals(lines, ["1/2 base, seed 1: done before", "2/2 lsg_norm, seed 1: done before"]);
  assertEquals((await readRuns(files.results)).length, 2);
  await Deno.writeTextFile(files.results, "[");
  await assertRejects(() => readRuns(files.results), SyntaxError);
  await Deno.remove(folder, { recursive: true });
});
