import { assert, assertEquals } from "@std/assert";
import { type Command, UsageError } from "../../cli/arguments.ts";
import { runCommand, warn } from "../../cli/run_command.ts";
import { MemoryIo } from "./memory_io.ts";
import { ModelMemoryIo } from "./model_memory_io.ts";

const command = {
  name: "try",
  summary: "Tries.",
  options: { size: { type: "number", default: 1, description: "A size." } },
} as const satisfies Command;

async function run(args: string[], error?: unknown) {
  const io = new MemoryIo();
  const code = await runCommand(command, args, io, ({ values }) => {
    if (error !== undefined) return Promise.reject(error);
    return io.stdout(`size ${values.size}`);
  });
  return { code, out: io.out, err: io.err };
}

Deno.test("runCommand() exits with 0, and prints help", async () => {
  assertEquals(await run(["--size=3"]), { code: 0, out: "size 3", err: "" });
  const help = await run(["--help"], new Error("not called"));
  assertEquals([help.code, help.err], [0, ""]);
  assert(help.out.startsWith("lsg try [options]\n"));
});

Deno.test("runCommand() exits with 2 for usage errors and with 1 for others", async () => {
  const usage = { code: 2, out: "", err: "lsg try: no\nSee lsg try --help.\n" };
  assertEquals(await run([], new UsageError("no")), usage);
  assertEquals((await run(["--sise=3"])).code, 2);
  assertEquals(await run([], new Error("full")), { code: 1, out: "", err: "lsg try: full\n" });
  assertEquals(await run([], "text"), { code: 1, out: "", err: "lsg try: text\n" });
  assertEquals(await run([], null), { code: 1, out: "", err: "lsg try: null\n" });
});

Deno.test("runCommand() keeps the indented lines of a message, and no other control character", async () => {
  const { err } = await run([], new Error("full:\n  a\x1b[2J\r\n  b\nlsg: done"));
  assertEquals(err, "lsg try: full:\n  a\\u{1b}[2J\\u{d}\n  b\\u{a}lsg: done\n");
});

Deno.test("runCommand() exits silently if the reader closes the pipe", async () => {
  const closed = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  assertEquals(await run([], closed), { code: 0, out: "", err: "" });
});

Deno.test("warn() takes the place of a progress line on a terminal", async () => {
  const io = new ModelMemoryIo();
  await warn(io, "one");
  io.stderrIsTerminal = true;
  await warn(io, "two");
  assertEquals(io.err, "Warning: one\n\r\x1b[KWarning: two\n");
});
