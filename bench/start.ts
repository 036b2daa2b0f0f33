/**
 * `deno task bench:start`: time from process start to the embedded model's first result.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { runJson } from "./own_process.ts";
import { formatTable } from "./table.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));
const SCRIPT = new URL("./start_stages.ts", import.meta.url);
const SENTENCE = "She looked at him with a <mask> and left the room.";

/** Texts by description; the second one has the 512 tokens that the model was trained on. */
const TEXTS: Readonly<Record<string, string>> = {
  "a sentence": SENTENCE,
  "512 tokens": `${"the ".repeat(497)}${SENTENCE}`,
};

const REPEATS = 7;

/** Runs one process and returns the milliseconds of each stage. */
async function measureStages(text: string): Promise<[stage: string, milliseconds: number][]> {
  const started = performance.timeOrigin + performance.now();
  const ends = await runJson(SCRIPT, [MODEL, text]) as [string, number][];
  return ends.map(([stage, time], i) => [stage, time - (i === 0 ? started : ends[i - 1][1])]);
}

/**
 * Measures and prints the table.
 *
 * @param print Called with each line of output.
 */
export async function main(print: (line: string) => void): Promise<void> {
  print(describeMachine(new Date()));
  print(`Milliseconds from process start, median of ${REPEATS}\n`);
  const columns: string[][] = [];
  let names: string[] = [];
  for (const text of Object.values(TEXTS)) {
    await measureStages(text); // warms up the caches of modules and files
    const runs: [string, number][][] = [];
    for (let i = 0; i < REPEATS; i++) runs.push(await measureStages(text));
    names = runs[0].map(([stage]) => stage);
    const stages = names.map((_, i) => median(runs.map((run) => run[i][1])));
    const total = median(runs.map((run) => run.reduce((sum, [, time]) => sum + time, 0)));
    columns.push([...stages, total].map((time) => time.toFixed(0)));
  }
  const rows = [...names, "total"].map((name, i) => [name, ...columns.map((column) => column[i])]);
  for (const line of formatTable(["stage", ...Object.keys(TEXTS)], rows)) print(line);
}

if (import.meta.main) await main(console.log);
