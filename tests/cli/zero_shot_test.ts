import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runZeroShot } from "../../cli/zero_shot.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("bert_nli");
const LABELS = ["--labels", "war", "--labels", "the sea, at night"];

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  const code = await runZeroShot([MODEL, "--device", "cpu", "--text", "the river", ...args], io);
  return { code, out: io.out, err: io.err };
}

Deno.test("lsg zero-shot --json prints the pipeline's results, a line for each document", async () => {
  const classifier = await pipeline("zero-shot-classification", MODEL, { device: "cpu" });
  const labels = ["war", "the sea, at night"];
  const one = await classifier("the river", labels);
  const each = await classifier("the river", labels, {
    multi_label: true,
    hypothesis_template: "It is {}.",
  });
  classifier.dispose();
  assertEquals(parseLines((await run(...LABELS, "--json")).out), [one]);
  const options = ["--multi-label", "--hypothesis-template", "It is {}."];
  assertEquals(parseLines((await run(...LABELS, ...options, "--json")).out), [each]);
});

Deno.test("lsg zero-shot splits --labels at commas, as the pipeline splits a string", async () => {
  const classifier = await pipeline("zero-shot-classification", MODEL, { device: "cpu" });
  const wanted = await classifier("the river", "water,fire");
  classifier.dispose();
  for (const labels of ["water,fire", " water , fire,"]) {
    assertEquals(parseLines((await run("--labels", labels, "--json")).out), [wanted]);
  }
  const each = await run("--labels", "water", "--labels", "fire", "--json");
  assertEquals(parseLines(each.out), [wanted]);
});

Deno.test("lsg zero-shot --lines names a blank line, and leaves out those at the end", async () => {
  const lines = async (text: string) => {
    const io = new ModelMemoryIo(text);
    const args = [MODEL, "--device", "cpu", "--lines", "--labels", "war,sea", "--json"];
    return { code: await runZeroShot(args, io), out: io.out, err: io.err };
  };
  const { code, out, err } = await lines("the river\n\nthe sea\n");
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "Cannot use line 2: it is blank");
  const trailing = await lines("the river\nthe sea\n\n \n");
  assertEquals([trailing.code, parseLines(trailing.out).length], [0, 2]);
});

Deno.test("lsg zero-shot prints a table of labels", async () => {
  const { code, out, err } = await run(...LABELS);
  assertEquals([code, err], [0, ""]);
  const [header, first] = out.split("\n");
  assertMatch(header, /^document +label +score$/);
  assertMatch(first, /^ +1 +(war|the sea, at night) +0\.\d{4}$/);
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing --labels"],
  [["--labels", " , "], 2, "Missing --labels"],
  [[...LABELS, "--hypothesis-template", "war"], 2, "wanted {} for the label"],
  [[...LABELS, "--multi-label=maybe"], 2, "--multi-label"],
];

for (const [args, wanted, message] of WRONG) {
  Deno.test(`lsg zero-shot ${args.join(" ")} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
  });
}

Deno.test("lsg zero-shot rejects a model without an entailment label", async () => {
  const io = new ModelMemoryIo();
  const args = [taskModel("roberta_topics"), "--text", "the", ...LABELS];
  assertEquals(await runZeroShot(args, io), 1);
  assertStringIncludes(io.err, "entail");
});
