import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runAnswer } from "../../cli/answer.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("bert_answers");
const QUESTION = "Who left Bath?";
const TEXT = "the river ran past the old house ".repeat(60);

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  const code = await runAnswer([MODEL, "--device", "cpu", "--text", TEXT, ...args], io);
  return { code, out: io.out, err: io.err };
}

Deno.test("lsg answer --json prints the pipeline's results, a line for each document", async () => {
  const answerer = await pipeline("question-answering", MODEL, { device: "cpu" });
  const one = await answerer(QUESTION, TEXT);
  const options = { max_seq_len: 50, doc_stride: 0, max_answer_len: 2 };
  const three = await answerer(QUESTION, TEXT, { top_k: 3, ...options });
  const none = await answerer(QUESTION, TEXT, { top_k: 100, handle_impossible_answer: true });
  answerer.dispose();
  assertEquals(parseLines((await run("-q", QUESTION, "--json")).out), [[one]]);
  const given = ["--max-seq-len", "50", "--doc-stride", "0", "--max-answer-len", "2"];
  const several = await run("--question", QUESTION, "--json", "--top-k", "3", ...given);
  assertEquals(parseLines(several.out), [three]);
  const impossible = ["--top-k", "100", "--handle-impossible-answer"];
  assertEquals(parseLines((await run("-q", QUESTION, "--json", ...impossible)).out), [none]);
});

Deno.test("lsg answer prints a table of answers", async () => {
  const { code, out, err } = await run("-q", QUESTION, "--top-k", "2");
  assertEquals([code, err], [0, ""]);
  const [header, first, second] = out.split("\n");
  assertMatch(header, /^document +score +start +end +answer$/);
  assertMatch(first, /^ +1 +0\.\d{4} +\d+ +\d+ +\w/);
  assertMatch(second, /^ +0\.\d{4} +\d+ +\d+ +\w/);
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing --question"],
  [["-q", QUESTION, "--top-k", "0"], 2, "--top-k 0"],
  [["-q", QUESTION, "--max-answer-len", "1.5"], 2, "--max-answer-len 1.5"],
  [["-q", QUESTION, "--doc-stride=-1"], 2, "--doc-stride -1"],
  [["-q", QUESTION, "--max-seq-len", "9999"], 1, "at most 512 tokens"],
];

for (const [args, wanted, message] of WRONG) {
  Deno.test(`lsg answer ${args.join(" ")} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
  });
}
