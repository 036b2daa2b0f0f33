import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { runSummarize } from "../../cli/summarize.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const BART = taskModel("bart");
const LINE = "the river ran past the old house";
const OTHER = "Isabella Thorpe left Bath";
/** One beam, and few tokens. */
const SHORT = ["--device", "cpu", "--num-beams", "1", "--max-length", "9"];

async function run(args: string[], change: (io: ModelMemoryIo) => void = () => {}) {
  const io = new ModelMemoryIo();
  change(io);
  return { code: await runSummarize(args, io), out: io.out, err: io.err };
}

async function summarize(text: string, options: Record<string, unknown> = {}, lsg?: object) {
  using summarizer = await pipeline("summarization", BART, { device: "cpu", ...(lsg && { lsg }) });
  const [{ summary_text }] = await summarizer(text, options);
  // As a terminal shows it.
  return summary_text.replaceAll("\x17", "\\u{17}");
}

Deno.test("lsg summarize prints what the pipeline writes", async () => {
  const args = [BART, "--text", LINE, "--device", "cpu"];
  assertEquals(await run(args), { code: 0, out: `${await summarize(LINE)}\n`, err: "" });
});

Deno.test("lsg summarize passes each setting on", async () => {
  const args = ["--num-beams", "4", "--max-length", "20", "--min-length", "12"];
  args.push("--length-penalty=-1", "--no-repeat-ngram-size", "3");
  const { out } = await run([BART, "--text", LINE, "--device", "cpu", ...args]);
  const settings = { num_beams: 4, max_length: 20, min_length: 12, length_penalty: -1 };
  assertEquals(out, `${await summarize(LINE, { ...settings, no_repeat_ngram_size: 3 })}\n`);

  const draw = ["--do-sample", "--temperature", "0.7", "--top-k", "30", "--top-p", "0.9"];
  const drawn = await run([BART, "--text", LINE, ...SHORT, ...draw, "--seed", "5"]);
  const sampling = { do_sample: true, temperature: 0.7, top_k: 30, top_p: 0.9, seed: 5 };
  assertEquals(
    drawn.out,
    `${await summarize(LINE, { ...sampling, num_beams: 1, max_length: 9 })}\n`,
  );
  assertEquals(await run([BART, "--text", LINE, ...SHORT, ...draw, "--seed", "5"]), drawn);

  const tokens = ["--num-beams", "1", "--min-length", "0", "--max-new-tokens", "3"];
  const few = await run([BART, "--text", LINE, "--device", "cpu", ...tokens]);
  const wanted = await summarize(LINE, { num_beams: 1, min_length: 0, max_new_tokens: 3 });
  assertEquals(few.out, `${wanted}\n`);
});

Deno.test("lsg summarize reads files, each a document, or each line of them", async () => {
  const [one, two] = [await summarize(LINE, {}), await summarize(OTHER, {})];
  const files = (io: ModelMemoryIo) => {
    io.files.set("a.txt", LINE);
    io.files.set("b.txt", `${OTHER}\n${LINE}\n\n`);
    io.files.set("-", OTHER);
  };
  const read = async (...args: string[]) => {
    const { code, out, err } = await run([BART, "--device", "cpu", ...args], files);
    assertEquals([code, err], [0, ""]);
    return out;
  };
  assertEquals(await read("a.txt"), `${one}\n`);
  assertEquals(await read(), `${two}\n`);
  assertEquals(await read("a.txt", "-"), `a.txt:\n${one}\n\n-:\n${two}\n`);
  assertEquals(await read("--lines", "b.txt"), `${two}\n${one}\n`);
  assertEquals(await read("--lines", "a.txt", "b.txt"), `${one}\n${two}\n${one}\n`);
  const results = parseLines(await read("--json", "--lines", "b.txt"));
  assertEquals(results.length, 2);
  assertEquals(Object.keys(results[0]), ["summary_text"]);
  // JSON escapes by itself.
  assertEquals(results[1].summary_text.replaceAll("\x17", "\\u{17}"), one);
});

Deno.test("lsg summarize reads a long document by LSG", async () => {
  const long = `${LINE} `.repeat(20);
  const refused = await run([BART, "--text", long, ...SHORT]);
  assertEquals([refused.code, refused.out], [1, ""]);
  assertStringIncludes(refused.err, "lsg summarize: Cannot run the text: it has ");
  assertStringIncludes(
    refused.err,
    "wanted --truncation, or a model converted to LSG with a --max",
  );
  const cut = await run([BART, "--text", long, ...SHORT, "--truncation"]);
  assertEquals([cut.code, cut.err], [0, ""]);
  const args = ["--max-sequence-length", "512", "--block-size", "8", "--sparse-block-size", "8"];
  args.push("--num-global-tokens", "64");
  const lsg = {
    max_sequence_length: 512,
    block_size: 8,
    sparse_block_size: 8,
    num_global_tokens: 64,
  };
  const options = { num_beams: 1, max_length: 9 };
  const read = await run([BART, "--text", long, ...SHORT, ...args]);
  assertEquals(read, { code: 0, out: `${await summarize(long, options, lsg)}\n`, err: "" });
  const without = await run([
    ...[BART, "--text", long, ...SHORT, ...args],
    "--no-pass-global-tokens-to-decoder",
  ]);
  const other = { ...lsg, pass_global_tokens_to_decoder: false };
  assertEquals(without.out, `${await summarize(long, options, other)}\n`);
  assertNotEquals(without.out, read.out);
});

Deno.test("lsg summarize writes to a terminal as it goes, with one beam and one document", async () => {
  const pieces = async (args: string[]) => {
    const io = new ModelMemoryIo();
    io.stdoutIsTerminal = io.stderrIsTerminal = true;
    const events: string[] = [];
    io.stdout = (text) => Promise.resolve(void events.push(`out ${text}`));
    io.stderr = (text) => Promise.resolve(void events.push(`err ${text}`));
    assertEquals(await runSummarize([BART, "--device", "cpu", ...args], io), 0);
    return events;
  };
  const clear = "err \r\x1b[K";
  const textOf = (events: string[]) =>
    events.filter((event) => event.startsWith("out ")).map((event) => event.slice(4));

  const streamed = await pieces(["--text", LINE, "--num-beams", "1"]);
  const words = textOf(streamed);
  assertEquals(words.join(""), `${await summarize(LINE, { num_beams: 1 })}\n`);
  assert(words.length > 2, "wanted words");
  // The line is clear before the first word, and nothing is drawn behind.
  const start = streamed.findIndex((event) => event.startsWith("out "));
  assertEquals(streamed[start - 1], clear);
  assertMatch(streamed[start - 2], /Summarising █{24} layer 1 of 1$/);
  assert(streamed.slice(start).every((event) => event.startsWith("out ")));

  for (
    const args of [["--text", LINE], ["--text", LINE, "--num-beams", "1", "--json"], [
      "--text",
      `${LINE}\n${OTHER}`,
      "--lines",
      "--num-beams",
      "1",
    ]]
  ) {
    const events = await pieces(args);
    assertEquals(textOf(events).length, args.includes("--lines") ? 2 : 1);
    assert(
      events.some((event) => /Summarising 3 tokens, \d+\.\d s|Document 2 .* 3 tok/.test(event)),
    );
  }
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing MODEL: wanted lsg summarize MODEL"],
  [[BART, "--text", "a", "file"], 2, "Cannot use both --text and file"],
  [[BART, "-", "-"], 2, "Cannot read standard input twice"],
  [[BART, "--text", "a", "--num-beams", "0"], 2, "--num-beams 0: wanted a whole number"],
  [[BART, "--text", "a", "--num-beams", "1.5"], 2, "--num-beams 1.5"],
  [[BART, "--text", "a", "--max-length", "0"], 2, "--max-length 0"],
  [[BART, "--text", "a", "--max-new-tokens=-1"], 2, "--max-new-tokens -1"],
  [[BART, "--text", "a", "--min-length=-1"], 2, "--min-length -1"],
  [[BART, "--text", "a", "--temperature", "0"], 2, "--temperature 0: wanted a number > 0"],
  [[BART, "--text", "a", "--top-p", "1.1"], 2, "--top-p 1.1: wanted a number from 0 to 1"],
  [[BART, "--text", "a", "--top-k=-1"], 2, "--top-k -1"],
  [[BART, "--text", "a", "--no-repeat-ngram-size", "x"], 2, '--no-repeat-ngram-size "x"'],
  [[BART, "--text", "a", "--max-length", "9", "--max-new-tokens", "9"], 2, "both --max-length and"],
  [[BART, "--text", "a", "--max-length", "900"], 1, "with --max-length 900"],
  [[BART, "--text", "a", "--seed=-1"], 2, "-1"],
  [[BART, "--text", "a", "--sparsity-type", "x"], 2, '--sparsity-type "x"'],
  [[BART, "nowhere.txt"], 1, "no nowhere.txt"],
  [[taskModel("bert_nli"), "--text", "a"], 1, "Bert has no head ConditionalGeneration"],
  [["no/such/model", "--text", "a"], 1, "is not a checkpoint"],
];

for (const [args, wanted, message] of WRONG) {
  const shown = args.map((arg) => arg === BART ? "MODEL" : arg.replace(/.*\//, "")).join(" ");
  Deno.test(`lsg summarize ${shown} exits with ${wanted}`, async () => {
    const { code, out, err } = await run([...args, "--device", "cpu"]);
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
  });
}

Deno.test("lsg summarize names the document of an error", async () => {
  const long = `${LINE} `.repeat(20);
  const files = (io: ModelMemoryIo) => {
    io.files.set("a.txt", OTHER);
    io.files.set("b.txt", `${OTHER}\n${long}`);
  };
  const error = async (...args: string[]) => {
    const { code, err } = await run([BART, ...SHORT, ...args], files);
    assertEquals(code, 1);
    return err.slice(0, err.indexOf(":", 20));
  };
  assertEquals(await error("b.txt"), "lsg summarize: Cannot run the text");
  assertEquals(await error("--lines", "b.txt"), "lsg summarize: Cannot run line 2");
  assertEquals(await error("a.txt", "b.txt"), "lsg summarize: Cannot run b.txt");
  assertEquals(
    await error("--lines", "a.txt", "b.txt"),
    "lsg summarize: Cannot run line 2 of b.txt",
  );
});

Deno.test("lsg summarize reports that the terminal does not take the text", async () => {
  const io = new ModelMemoryIo();
  io.stdoutIsTerminal = true;
  io.stdout = () => Promise.reject(new Error("it broke"));
  const code = await runSummarize([BART, "--text", LINE, ...SHORT], io);
  assertEquals([code, io.err], [1, "lsg summarize: it broke\n"]);
});
