import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/table1.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [["--passages", "0"], ["--passages", "11"], ["--passages", "x"], ["--fast"], [
    "--why",
    "--write",
  ], ["--quick", "--write"]]
) {
  Deno.test(`table1 ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args[0]);
  });
}

Deno.test("table1 --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});
