import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/table4.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [
    ["--fast"],
    ["--books", "0"],
    ["--books", "11"],
    ["--books", "x"],
    ["--quick", "--books", "3"],
    ["--quick", "--write"],
  ]
) {
  Deno.test(`table4 ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args[0]);
  });
}

Deno.test("table4 --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});
