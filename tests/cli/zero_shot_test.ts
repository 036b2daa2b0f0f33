import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runZeroShot } from "../../cli/zero_shot.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("bert_nli");
const LABELS = ["--labels", "war", "--labels", "the sea, at night"];

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  const code = await runZeroShot([MODEL, "--device", "cpu", "--text", "the river", ...args], io);
  return { code, out: io.out, err: io.err };
}

Deno.test("lsg zero-shot --json prints the pipeline's results, one for each document", async () => {
  const classifier = await pipeline("zero-shot-classification", MODEL, { device: "cpu" });
  const labels = ["war", "the sea, at night"];
  const one = await classifier("the river", labels);
  const each = await classifier("the river", labels, {
    multi_label: true,
    hypothesis_template: "It is {}.",
  });
  classifier.dispose();
  assertEquals(JSON.parse((await run(...LABELS, "--json")).out), [one]);
  const options = ["--multi-label", "--hypothesis-template", "It is {}."];
  assertEquals(JSON.parse((await run(...LABELS, ...options, "--json")).out), [each]);
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
