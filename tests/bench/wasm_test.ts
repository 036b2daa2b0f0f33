import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/wasm.ts";
import { percent, ratioRow, speedRow } from "../../bench/wasm/figure.ts";
import { FIGURES } from "../../bench/wasm/figures.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

Deno.test("bench:wasm lists figures, or those whose names begin so", async () => {
  assertEquals(await run("--list"), { code: 0, lines: FIGURES.map(({ name }) => name) });
  assertEquals((await run("--list", "--only", "linear")).lines, ["linear"]);
});

Deno.test("bench:wasm explains itself", async () => {
  const { code, lines } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(lines[0], "deno task bench:wasm");
});

for (const args of [["--only", "nothing"], ["--model"], ["extra"]]) {
  Deno.test(`bench:wasm refuses ${args.join(" ")}`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], args.at(-1)!);
  });
}

Deno.test("a speed is held against the best that its threads do", () => {
  const speed = { what: "product", threads: 2, seconds: 0.5, flop: 30e9 };
  assertEquals(speedRow(speed, 40, 90), ["product", "2", "0.500", "60.0", "75 %", "≥ 90 %"]);
  assertEquals(speedRow(speed, 40).at(-1), "");
});

Deno.test("a ratio has no time of its own", () => {
  assertEquals(ratioRow("a ÷ b", percent(0.815), "≥ 80 %"), [
    "  a ÷ b",
    "",
    "",
    "",
    "82 %",
    "≥ 80 %",
  ]);
});
