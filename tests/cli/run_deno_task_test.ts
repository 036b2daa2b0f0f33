import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Command, UsageError } from "../../cli/arguments.ts";
import { runDenoTask } from "../../cli/run_deno_task.ts";

const COMMAND = {
  name: "count",
  summary: "Counts.",
  options: { most: { type: "number", default: 3, description: "Where to stop." } },
} as const satisfies Command;

async function run(args: string[], body: (most: number) => Promise<number | void>) {
  const lines: string[] = [];
  const code = await runDenoTask(
    COMMAND,
    args,
    (line) => lines.push(line),
    ({ values }) => body(values.most),
  );
  return { code, output: lines.join("\n") };
}

Deno.test("runDenoTask() passes options to the body and returns its exit code", async () => {
  assertEquals(await run(["--most", "7"], (most) => Promise.resolve(most)), {
    code: 7,
    output: "",
  });
  assertEquals((await run([], () => Promise.resolve())).code, 0);
});

Deno.test("runDenoTask() prints help", async () => {
  const { code, output } = await run(["--help"], () => Promise.reject(new Error("not run")));
  assertEquals(code, 0);
  assertStringIncludes(output, "deno task count [options]");
});

Deno.test("runDenoTask() reports invalid arguments and points to the help", async () => {
  const refuse = () => Promise.reject(new UsageError("Cannot use --most 0"));
  for (const args of [["--least"], ["--most", "many"], ["extra"], ["--most", "0"]]) {
    const { code, output } = await run(args, refuse);
    assertEquals(code, 2);
    assertStringIncludes(output, "count: ");
    assertStringIncludes(output, "See deno task count --help.");
  }
});

Deno.test("runDenoTask() rethrows other errors", async () => {
  await assertRejects(() => run([], () => Promise.reject(new RangeError("broken"))), RangeError);
});
