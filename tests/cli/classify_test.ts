import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runClassify } from "../../cli/classify.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("bert_nli");

async function run(args: string[], io = new ModelMemoryIo()) {
  const device = args.includes("--device") ? [] : ["--device", "cpu"];
  const code = await runClassify([...device, ...args], io);
  return { code, out: io.out, err: io.err };
}

async function json(args: string[], io = new ModelMemoryIo()): Promise<unknown> {
  const { code, out, err } = await run([...args, "--json"], io);
  assertEquals([code, err], [0, ""]);
  return parseLines(out);
}

Deno.test("lsg classify --json prints the pipeline's results, a line for each document", async () => {
  const classifier = await pipeline("text-classification", MODEL, { device: "cpu" });
  const all = await classifier("the river", { top_k: null });
  const one = await classifier("the river", { function_to_apply: "sigmoid" });
  classifier.dispose();
  assertEquals(await json([MODEL, "--text", "the river"]), [all]);
  const options = ["--top-k", "1", "--function-to-apply", "sigmoid"];
  assertEquals(await json([MODEL, "--text", "the river", ...options]), [one]);
});

Deno.test("lsg classify --text-pair pairs each document with a second text", async () => {
  const classifier = await pipeline("text-classification", MODEL, { device: "cpu" });
  const wanted = await classifier({ text: "the river", text_pair: "the sea" }, { top_k: null });
  classifier.dispose();
  const args = [MODEL, "--lines", "--text-pair", "the sea"];
  const found = await json(args, new ModelMemoryIo("the river\nthe river\n"));
  assertEquals(found, [wanted, wanted]);
});

Deno.test("lsg classify reads a text from an argument, a file and standard input", async () => {
  const wanted = await json([MODEL, "--text", "the river"]);
  const io = new ModelMemoryIo("the river\r\n");
  io.files.set("text.txt", "the river\n");
  assertEquals(await json([MODEL, "text.txt"], io), wanted);
  assertEquals(await json([MODEL], new ModelMemoryIo("the river\n")), wanted);
  assertEquals(await json([MODEL, "-"], new ModelMemoryIo("the river\n")), wanted);
});

Deno.test("lsg classify --lines treats each line as a document", async () => {
  const lines = new ModelMemoryIo("the river\r\nthe old house\n");
  const results = await json([MODEL, "--lines"], lines);
  const alone = [
    await json([MODEL, "--text", "the river"]),
    await json([MODEL, "--text", "the old house"]),
  ];
  assertEquals(results, alone.flat());
});

Deno.test("lsg classify prints a table of labels", async () => {
  const args = [MODEL, "--lines", "--top-k", "2"];
  const { code, out, err } = await run(args, new ModelMemoryIo("the river\nthe\n"));
  assertEquals([code, err], [0, ""]);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.length, 5);
  assertMatch(lines[0], /^document +label +score$/);
  assertMatch(lines[1], /^ +1 +\w+ +0\.\d{4}$/);
  assertMatch(lines[2], /^ +\w+ +0\.\d{4}$/);
  assertMatch(lines[3], /^ +2 /);
});

Deno.test("lsg classify reads a long document with LSG, and truncates only with --truncation", async () => {
  const text = "the ".repeat(600);
  const { code, err } = await run([MODEL, "--text", text]);
  assertEquals(code, 1);
  assertStringIncludes(err, "at most 512");
  const long = await json([MODEL, "--text", text, "--max-sequence-length", "1024"]) as unknown[];
  assertEquals(long.length, 1);
  const cut = await json([MODEL, "--text", text, "--truncation"]) as unknown[];
  assertEquals(cut.length, 1);
});

Deno.test("lsg classify shows progress on a terminal and clears it", async () => {
  const io = new ModelMemoryIo();
  io.stderrIsTerminal = true;
  const { code, err } = await run([MODEL, "--text", "the"], io);
  assertEquals(code, 0);
  assertStringIncludes(err, "layer 2 of 2");
  assertEquals(err.endsWith("\r\x1b[K"), true);
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing MODEL: wanted lsg classify"],
  [[MODEL, "file", "--text", "the"], 2, "Cannot use both --text and file"],
  [[MODEL, "--text", "the", "--top-k", "0"], 2, "--top-k 0"],
  [[MODEL, "--text", "the", "--function-to-apply", "tanh"], 2, 'Unknown function "tanh"'],
  [[MODEL, "--text", "the", "--device", "abacus"], 2, 'Unknown device "abacus"'],
  [[MODEL, "--text", "the", "--topk", "1"], 2, "did you mean --top-k?"],
  [[MODEL, "no.txt"], 1, "no.txt"],
  [["no/such/model", "--text", "the"], 1, "no/such/model"],
  [[taskModel("bert_tags"), "--text", "the"], 1, "missing: pooler.dense.weight"],
];

for (const [args, wanted, message] of WRONG) {
  const shown = args.map((arg) => arg.replace(/.*\//, "")).join(" ");
  Deno.test(`lsg classify ${shown} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(args);
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
  });
}
