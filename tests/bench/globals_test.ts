import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/globals.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [
    ["--fast"],
    ["--seeds", "0"],
    ["--epochs", "x"],
    ["--readers", "nobody"],
    ["--quick", "--write"],
    ["--quick", "--seeds", "1"],
    ["--report", "--readers", "globals_1"],
  ]
) {
  Deno.test(`globals ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args[0]);
  });
}

Deno.test("globals --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});

Deno.test("globals --report prints a table of what is there", async () => {
  const { code, lines } = await run("--report");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "naive Bayes, 4,096 tokens");
});
