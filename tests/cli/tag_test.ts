import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTag } from "../../cli/tag.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("bert_tags");
const TEXT = "Isabella left Bath for London.";

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  const code = await runTag([MODEL, "--device", "cpu", "--text", TEXT, ...args], io);
  return { code, out: io.out, err: io.err };
}

Deno.test("lsg tag --json prints the pipeline's results, a line for each document", async () => {
  const classifier = await pipeline("token-classification", MODEL, { device: "cpu" });
  const simple = await classifier(TEXT, { aggregation_strategy: "simple" });
  const each = await classifier(TEXT, { ignore_labels: ["O", "B-LOC"] });
  classifier.dispose();
  assertEquals(parseLines((await run("--json")).out), [simple]);
  const ignore = ["--ignore-labels", "O", "--ignore-labels", "B-LOC"];
  const none = await run("--json", "--aggregation-strategy", "none", ...ignore);
  assertEquals(parseLines(none.out), [each]);
});

Deno.test("lsg tag prints a table of entities", async () => {
  for (const strategy of ["none", "first"]) {
    const { code, out, err } = await run("--aggregation-strategy", strategy);
    assertEquals([code, err], [0, ""]);
    const [header, first] = out.split("\n");
    assertMatch(header, /^document +start +end +label +score +text$/);
    assertMatch(first, /^ +1 +0 +\d+ +(I-)?[A-Z]+ +0\.\d{4} +I/);
  }
});

Deno.test("lsg tag rejects an unknown strategy", async () => {
  const { code, out, err } = await run("--aggregation-strategy", "last");
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, 'Unknown strategy "last": wanted one of none, simple');
});
