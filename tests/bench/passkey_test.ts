import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/passkey.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const [args, message] of [
    [["--fast"], "--fast"],
    [["--lengths", "x"], '--lengths "x"'],
    [["--samples", "0"], "--samples 0"],
    [["--device", "tpu"], 'Unknown device "tpu"'],
    [["--dtype", "q3"], 'Unknown dtype "q3"'],
    [["--device", "wasm,wasm"], "--device wasm,wasm: wanted each backend once"],
    [["--model", "/nonexistent"], 'Cannot use --model: "/nonexistent" is not a checkpoint'],
    [["--lengths", "300,10", "--device", "wasm"], "Cannot use --lengths: Cannot hide a key in 10"],
    [["--write", "--quick"], "--write with --quick"],
    [["--quick", "--lengths", "512"], "--quick with --lengths"],
  ] as const
) {
  Deno.test(`passkey ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], message);
  });
}

Deno.test("passkey --help prints the usage and exits with 0", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines.join("\n"), "--quick");
});
