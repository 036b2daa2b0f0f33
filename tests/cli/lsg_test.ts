import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runLsg } from "../../cli/lsg.ts";
import { MODEL, ModelMemoryIo } from "./model_memory_io.ts";

const COMMANDS = [
  "fill-mask",
  "classify",
  "tag",
  "answer",
  "zero-shot",
  "summarize",
  "translate",
  "generate",
  "chat",
  "encode",
  "search",
  "train",
  "evaluate",
  "convert",
  "pattern",
];

async function run(args: string[], io = new ModelMemoryIo()) {
  return { code: await runLsg(args, io), out: io.out, err: io.err };
}

Deno.test("lsg --help lists the commands in lines of at most 100 columns", async () => {
  const long = await run(["--help"]);
  assertEquals([long.code, long.err], [0, ""]);
  for (const name of COMMANDS) assert(new RegExp(`^  ${name} +\\w`, "m").test(long.out), name);
  assert(long.out.split("\n").every((line) => line.length <= 100));
  assertEquals(await run(["-h"]), long);
});

for (const name of COMMANDS) {
  Deno.test(`lsg ${name} --help prints its options and does nothing else`, async () => {
    const { code, out, err } = await run([name, "--help"]);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, `lsg ${name} `);
    if (!["chat", "generate", "search"].includes(name)) assertStringIncludes(out, "--block-size");
    assert(out.split("\n").every((line) => line.length <= 100), out);
  });
}

/** Splits a line of the shell at spaces outside quotes, without pipes and redirections. */
function splitLine(line: string): string[] {
  const command = line.split(" | ").at(-1)!.split(" > ")[0];
  return [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

for (const name of COMMANDS) {
  Deno.test(`lsg ${name} understands the examples of its --help`, async () => {
    const { out } = await run([name, "--help"]);
    const examples = out.split("\nExamples:\n")[1].trimEnd().split("\n");
    assert(examples.length > 0);
    for (const example of examples) {
      const [program, ...args] = splitLine(example);
      assertEquals([program, args[0]], ["lsg", name]);
      const offline = name === "pattern" ? args : [...args, "--local-files-only"];
      const { code, err } = await run(offline);
      // Most models and texts of the examples are not here.
      assert(code === 0 || code === 1, `${example}: ${err}`);
    }
  });
}

Deno.test("each command that runs a model takes --threads", async () => {
  for (const name of COMMANDS) {
    const { out } = await run([name, "--help"]);
    assertEquals(out.includes("--threads N"), !["convert", "pattern"].includes(name), name);
  }
});

Deno.test("lsg --version prints the package's version", async () => {
  const deno = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(await run(["--version"]), { code: 0, out: `lsg ${deno.version}\n`, err: "" });
});

const WRONG: [string[], string][] = [
  [[], "Missing command: wanted fill-mask, classify, tag"],
  [["fillmask"], 'Unknown command "fillmask": did you mean fill-mask?'],
  [["toString"], 'Unknown command "toString": wanted fill-mask'],
  [["__proto__"], "Unknown command"],
  [["--versoin"], 'Unknown option "--versoin": did you mean --version?'],
  [["--json"], 'Unknown option "--json"'],
];

for (const [args, message] of WRONG) {
  Deno.test(`lsg ${args.join(" ")} exits with 2`, async () => {
    const { code, out, err } = await run(args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
    assertStringIncludes(err, "See lsg --help.");
  });
}

Deno.test("lsg passes the remaining arguments to the command", async () => {
  const { code, out } = await run(["fill-mask", MODEL, "--json", "--text", "the <mask>"]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(out).length, 1);
  assertEquals((await run(["pattern", "full", "--tokens", "8"])).code, 0);
});
