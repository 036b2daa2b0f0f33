import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { runGenerate } from "../../cli/generate.ts";
import { escapeText } from "../../cli/table.ts";
import { pipeline, type TextGenerationOptions } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("llama_chat");
const LINE = "Who left Bath?";
const OTHER = "The river ran";
const SHORT = ["--device", "cpu", "--max-new-tokens", "9"];

async function run(args: string[], change: (io: ModelMemoryIo) => void = () => {}) {
  const io = new ModelMemoryIo();
  change(io);
  return { code: await runGenerate(args, io), out: io.out, err: io.err };
}

async function generate(text: string, options: TextGenerationOptions = {}, load: object = {}) {
  using generator = await pipeline("text-generation", MODEL, { device: "cpu", ...load });
  const settings = { max_new_tokens: 9, return_full_text: false, ...options };
  const [{ generated_text }] = await generator(text, settings);
  return escapeText(generated_text);
}

async function answer(content: string, options: TextGenerationOptions = {}, system?: string) {
  using generator = await pipeline("text-generation", MODEL, { device: "cpu" });
  const [{ generated_text }] = await generator([
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    { role: "user", content },
  ], { max_new_tokens: 9, ...options });
  return escapeText(generated_text.at(-1)!.content as string);
}

Deno.test("lsg generate prints what continues a text, with its settings", async () => {
  const plain = await run([MODEL, "--text", LINE, ...SHORT]);
  assertEquals(plain, { code: 0, out: `${await generate(LINE)}\n`, err: "" });
  const full = await run([MODEL, "--text", LINE, ...SHORT, "--full-text"]);
  assertEquals(full.out, `${LINE}${await generate(LINE)}\n`);
  const penalty = await run([MODEL, "--text", LINE, ...SHORT, "--repetition-penalty", "1.5"]);
  assertEquals(penalty.out, `${await generate(LINE, { repetition_penalty: 1.5 })}\n`);
  const drawn = await run([MODEL, "--text", LINE, ...SHORT, "--do-sample", "--seed", "4"]);
  assertEquals(drawn.out, `${await generate(LINE, { do_sample: true, seed: 4 })}\n`);
});

Deno.test("lsg generate reads files and lines, and prints JSON", async () => {
  const files = (io: ModelMemoryIo) => {
    io.files.set("a.txt", LINE);
    io.files.set("b.txt", `${OTHER}\n${LINE}\n`);
    io.files.set("-", OTHER);
  };
  const [one, two] = [await generate(LINE), await generate(OTHER)];
  assertEquals((await run([MODEL, ...SHORT], files)).out, `${two}\n`);
  const both = await run([MODEL, "a.txt", "-", ...SHORT], files);
  assertEquals(both.out, `a.txt:\n${one}\n\n-:\n${two}\n`);
  const lines = await run([MODEL, "--lines", "--json", "b.txt", ...SHORT], files);
  const results = parseLines(lines.out).map(({ generated_text }) => escapeText(generated_text));
  assertEquals(results, [two, one]);
});

Deno.test("lsg generate answers by a chat template", async () => {
  const chat = await run([MODEL, "--chat", "--text", LINE, ...SHORT]);
  assertEquals(chat, { code: 0, out: `${await answer(LINE)}\n`, err: "" });
  const told = await run([MODEL, "--system", "You are brief.", "--text", LINE, ...SHORT]);
  assertEquals(told.out, `${await answer(LINE, {}, "You are brief.")}\n`);
  const template = "{{ messages[0].content }}!";
  const own = await run(
    [MODEL, "--chat-template", "t.jinja", "--text", LINE, ...SHORT],
    (io) => void io.files.set("t.jinja", template),
  );
  assertEquals(own.out, `${await generate(`${LINE}!`)}\n`);
});

Deno.test("lsg generate goes on beyond the trained length by --self-extend", async () => {
  const text = "The river ran past the old house. ".repeat(12);
  const plain = await generate(text);
  for (
    const [value, self_extend] of [
      ["auto", "auto"],
      ["6,24", { group_size: 6, window_size: 24 }],
    ] as const
  ) {
    const { code, out } = await run([MODEL, "--text", text, ...SHORT, "--self-extend", value]);
    assertEquals([code, out], [0, `${await generate(text, { self_extend })}\n`]);
    assertNotEquals(out, `${plain}\n`);
  }
  const cut = await run([MODEL, "--text", text, ...SHORT, "--truncation"]);
  assertEquals(cut.out, `${await generate(text, { truncation: true })}\n`);
});

Deno.test("lsg generate writes to a terminal as it goes, with one text", async () => {
  const events = async (args: string[]) => {
    const io = new ModelMemoryIo();
    io.stdoutIsTerminal = io.stderrIsTerminal = true;
    const events: string[] = [];
    io.stdout = (text) => Promise.resolve(void events.push(`out ${text}`));
    io.stderr = (text) => Promise.resolve(void events.push(`err ${text}`));
    assertEquals(await runGenerate([MODEL, "--device", "cpu", ...args], io), 0);
    return events;
  };
  const textOf = (events: string[]) =>
    events.filter((event) => event.startsWith("out ")).map((event) => event.slice(4));
  const args = ["--text", LINE, "--max-new-tokens", "40", "--repetition-penalty", "1.3"];
  const streamed = await events(args);
  const settings = { max_new_tokens: 40, repetition_penalty: 1.3 };
  assertEquals(textOf(streamed).join(""), `${await generate(LINE, settings)}\n`);
  assert(textOf(streamed).length > 2);
  assert(streamed.some((event) => event.endsWith("Writing …")));
  assertEquals(textOf(await events([...args, "--json"])).length, 1);
  const beams = await events(
    [...args, "--num-beams", "2", "--max-new-tokens=3"].filter((arg) =>
      arg !== "--max-new-tokens" && arg !== "40"
    ),
  );
  assert(beams.some((event) => /Writing 3 tokens, \d+\.\d s/.test(event)), beams.join());
});

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing MODEL: wanted lsg generate MODEL"],
  [[MODEL, "--text", "a", "file"], 2, "Cannot use both --text and file"],
  [[MODEL, "-", "-"], 2, "Cannot read standard input twice"],
  [[MODEL, "--chat-template", "-"], 2, "Cannot read standard input twice"],
  [[MODEL, "--text", "a", "--num-beams", "0"], 2, "--num-beams 0"],
  [[MODEL, "--text", "a", "--self-extend", "4"], 2, '--self-extend "4": wanted auto, or group'],
  [[MODEL, "--text", "a", "--self-extend", "0,4"], 2, "group_size 0"],
  [[MODEL, "--text", "a", "--chat", "--full-text"], 2, "--full-text with --chat"],
  [[MODEL, "--text", "a", "--block-size", "4"], 2, "Unknown option --block-size"],
  [[MODEL, "--text", "a", "--dtype", "q4"], 2, "q4"],
  [[MODEL, "empty.txt"], 1, "Cannot continue the text: it is empty"],
  [[MODEL, "--text", "a", "--chat-template", "no.jinja"], 1, "no no.jinja"],
  [[MODEL, "nowhere.txt"], 1, "no nowhere.txt"],
  [[taskModel("bert_nli"), "--text", "a"], 1, "The weights do not match BertLMHead"],
  [["no/such/model", "--text", "a"], 1, "is not a checkpoint"],
];

for (const [args, wanted, message] of WRONG) {
  const shown = args.map((arg) => arg === MODEL ? "MODEL" : arg.replace(/.*\//, "")).join(" ");
  Deno.test(`lsg generate ${shown} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(
      [...args, "--device", "cpu"],
      (io) => void io.files.set("empty.txt", ""),
    );
    assertStringIncludes(err, message);
    assertEquals([code, out], [wanted, ""]);
  });
}
