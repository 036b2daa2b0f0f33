import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/passkey.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [
    ["--fast"],
    ["--lengths", "x"],
    ["--samples", "0"],
    ["--device", "tpu"],
    ["--dtype", "q3"],
    ["--write", "--quick"],
  ]
) {
  Deno.test(`passkey ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines.find((line) => line.startsWith("passkey:"))!, args.at(-1)!.slice(2));
  });
}

Deno.test("passkey --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});
