import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/wasm.ts";
import { formatPercent, formatRatio, formatSpeed } from "../../bench/wasm/figure.ts";
import { FIGURES } from "../../bench/wasm/figures.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("bench:wasm lists all figures, or those with a prefix", async () => {
  assertEquals(await run("--list"), { code: 0, lines: FIGURES.map(({ name }) => name) });
  assertEquals((await run("--list", "--only", "linear")).lines, ["linear"]);
});

Deno.test("bench:wasm --help prints the usage", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines[0], "deno task bench:wasm");
});

for (const args of [["--only", "nothing"], ["--model"], ["extra"]]) {
  Deno.test(`bench:wasm rejects ${args.join(" ")}`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args.at(-1)!);
  });
}

Deno.test("formatSpeed() relates a speed to the peak of its threads", () => {
  const speed = { what: "product", threads: 2, seconds: 0.5, flop: 30e9 };
  assertEquals(formatSpeed(speed, 40, 90), ["product", "2", "0.500", "60.0", "75 %", "≥ 90 %"]);
  assertEquals(formatSpeed(speed, 40).at(-1), "");
});

Deno.test("formatRatio() has no time", () => {
  assertEquals(formatRatio("a ÷ b", formatPercent(0.815), "≥ 80 %"), [
    "  a ÷ b",
    "",
    "",
    "",
    "82 %",
    "≥ 80 %",
  ]);
});
