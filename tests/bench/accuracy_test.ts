import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/accuracy.ts";

const TEXT = "demo/northanger_abbey.txt";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("bench:accuracy prints a column for each data type, within 100 columns", async () => {
  const { code, lines } = await run(TEXT, "--passages", "2", "--tokens", "40", "--threads", "1");
  assertEquals(code, 0);
  lines.forEach((line) => assert(line.length <= 100, line));
  const cells = (start: string) =>
    lines.find((line) => line.startsWith(`| ${start}`))!.split("|").slice(2, -1).map((cell) =>
      cell.trim()
    );
  assertEquals(cells("figure"), ["fp32", "fp16", "q8", "wanted of q8"]);
  assertEquals(cells("hidden words")[0], "100.00 %");
  // Multiplying by 20 and dividing by 20 round, but far too little to change a guess.
  assertEquals(cells("4 columns")[0], "100.00 %");
  const [fp32, fp16, q8] = cells("weights").map(Number);
  assert(fp32 > 1.9 * fp16 && fp16 > 1.8 * q8);
});

for (
  const args of [
    [],
    [TEXT, "--passages", "0"],
    [TEXT, "--speed"],
    ["/nonexistent"],
    [TEXT, "--passages", "1", "--tokens", "3"],
  ]
) {
  Deno.test(`bench:accuracy rejects ${args.join(" ") || "no text"}`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines.at(-1)!, args.at(-1) ?? "TEXT");
  });
}
