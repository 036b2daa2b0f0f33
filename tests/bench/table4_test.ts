import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/table4.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("table4 rejects unknown options", async () => {
  const { code, lines } = await run("--fast");
  assertEquals(code, 2);
  assertStringIncludes(lines[0], "--fast");
});

Deno.test("table4 --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});
