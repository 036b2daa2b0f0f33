import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/gpu.ts";
import { testOnBackend } from "../helpers/backends.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const args of [
    ["--dtype", "q4"],
    ["--tokens", "128,many"],
    ["--rows", "0"],
    ["--rows", "8,16"],
    ["--encoder", "0.5"],
    ["--milliseconds", "0"],
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

testOnBackend(
  "webgpu",
  "bench:gpu prints the adapter, its limits, and figures beside them",
  async () => {
    const { code, lines } = await run(
      ...["--rows", "8", "--tokens", "8", "--heads", "1", "--vocabulary", "16", "--encoder", "0"],
      ...["--repeats", "1", "--milliseconds", "1"],
    );
    assertEquals(code, 0);
    const cells = lines.slice(lines.findIndex((line) => line.startsWith("|"))).map((line) =>
      line.split("|").slice(1, -1).map((cell) => cell.trim())
    );
    assertEquals(cells[0], ["what", "time", "rate", "limit", "share", "note"]);
    const rows = cells.slice(2);
    assertEquals(rows.length, 10);
    const [, , [, , peak], [, , bandwidth]] = rows;
    assertMatch(peak, /^[\d.,]+ GFLOPS$/);
    assertMatch(bandwidth, /^[\d.,]+ GB\/s$/);
    // Each operation has the limit of its kind.
    for (const [what, , rate, limit, share] of rows.slice(4)) {
      assertEquals(limit, rate.endsWith("GB/s") ? bandwidth : peak, what);
      assertMatch(share, /^\d+ %$/);
    }
  },
);
