import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/gpu.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [
    ["--dtype", "q8"],
    ["--tokens", "128,many"],
    ["--rows", "0"],
    ["--rows", "8,16"],
    ["--repeats", "1.5"],
    ["--speed"],
    ["extra"],
  ]
) {
  Deno.test(`bench:gpu ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args.at(-1)!);
  });
}

Deno.test("bench:gpu --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--rows");
});
