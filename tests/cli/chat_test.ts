import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runChat } from "../../cli/chat.ts";
import { escapeText } from "../../cli/table.ts";
import { pipeline } from "../../pipelines/mod.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { ModelMemoryIo, taskModel } from "./model_memory_io.ts";
import "../helpers/quiet_reference.ts";

const MODEL = taskModel("llama_chat");
const SHORT = ["--device", "cpu", "--max-new-tokens", "7"];

async function run(
  stdin: string,
  args: string[] = [],
  change: (io: ModelMemoryIo) => void = () => {},
) {
  const io = new ModelMemoryIo(stdin);
  change(io);
  return { code: await runChat([MODEL, ...SHORT, ...args], io), out: io.out, err: io.err };
}

/** What the pipeline answers, from turn to turn. */
async function converse(turns: readonly string[], system?: string, options: object[] = []) {
  using generator = await pipeline("text-generation", MODEL, { device: "cpu" });
  let messages: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  let out = "";
  for (const [i, content] of turns.entries()) {
    const given = [...messages, { role: "user", content }];
    const settings = { max_new_tokens: 7, ...options[i] };
    [{ generated_text: messages }] = await generator(given, settings);
    out += `${escapeText(messages.at(-1)!.content as string)}\n`;
  }
  return out;
}

Deno.test("lsg chat answers each line with all before it", async () => {
  const turns = ["Who left Bath?", "Why?", "When?"];
  const result = await run(`${turns[0]}\r\n\n  ${turns[1]}\n${turns[2]}`);
  assertEquals(result, { code: 0, out: await converse(turns), err: "" });
});

Deno.test("lsg chat begins anew by /reset and /system, and ends by /exit", async () => {
  const turns = ["Who left Bath?", "Why?"];
  const [first, told] = [await converse(turns), await converse(turns, "You are brief.")];
  const lines = [
    ...turns,
    "/reset",
    ...turns,
    "/system You are brief.",
    ...turns,
    "/exit",
    "Not this",
  ];
  assertEquals((await run(lines.join("\n"))).out, first + first + told);
  const given = await run(turns.join("\n"), ["--system", "You are brief."]);
  assertEquals(given.out, told);
});

Deno.test("lsg chat draws with another seed in each turn", async () => {
  const options = [{ do_sample: true, seed: 5 }, { do_sample: true, seed: 6 }];
  const args = ["--do-sample", "--seed", "5"];
  assertEquals(
    (await run("Why?\nWhen?", args)).out,
    await converse(["Why?", "When?"], undefined, options),
  );
});

Deno.test("lsg chat goes on beyond the trained length by --self-extend auto", async () => {
  const turns = Array.from({ length: 9 }, (_, i) => `The river ran past the old house ${i}.`);
  const { code, out, err } = await run(turns.join("\n"), ["--self-extend", "auto"]);
  assertEquals([code, err], [0, ""]);
  // As many as there were before it was too long.
  const plain = await converse(turns.slice(0, 2));
  assert(out.startsWith(plain));
});

Deno.test("lsg chat shows a prompt to a terminal, and goes on after an error", async () => {
  const refuses =
    "{% if messages[-1].content == 'no' %}{{ raise_exception('Not no.') }}{% endif %}x";
  const terminal = await run("no\n/what\nyes", ["--chat-template", "t"], (io) => {
    io.files.set("t", refuses);
    io.stdinIsTerminal = true;
  });
  assertEquals(terminal.code, 0);
  assertEquals(
    terminal.err,
    "> The chat template refuses the conversation: Not no.\n" +
      '> Unknown command "/what": wanted /reset, /system TEXT, /exit\n> > ',
  );
  assert(terminal.out.endsWith("\n"));
  const piped = await run(
    "no\nyes",
    ["--chat-template", "t"],
    (io) => void io.files.set("t", refuses),
  );
  assertEquals([piped.code, piped.out], [1, ""]);
  assertStringIncludes(piped.err, "lsg chat: The chat template refuses the conversation: Not no.");
});

Deno.test("lsg chat refuses a line without end", async () => {
  const { code, err } = await run("a".repeat(11_000_000));
  assertEquals(code, 1);
  assertStringIncludes(err, "Cannot read line 1 of standard input: it has more than");
});

const WRONG: [string[], number, string][] = [
  [["--system"], 2, "Missing value of --system"],
  [["--num-beams", "2"], 2, "Unknown option --num-beams"],
  [["--max-length", "20"], 2, "Unknown option --max-length"],
  [["--self-extend", "x"], 2, '--self-extend "x"'],
  [["--temperature", "0"], 2, "--temperature 0"],
  [["--chat-template", "-"], 2, "Cannot read --chat-template from standard input"],
  [["--chat-template", "/dev/stdin"], 2, "Cannot read --chat-template from standard input"],
  [["--chat-template", "nowhere"], 1, "no nowhere"],
  [["more"], 2, 'Unexpected argument "more"'],
];

for (const [args, wanted, message] of WRONG) {
  Deno.test(`lsg chat ${args.join(" ")} exits with ${wanted}`, async () => {
    const { code, out, err } = await run("a", args);
    assertStringIncludes(err, message);
    assertEquals([code, out], [wanted, ""]);
  });
}
