import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../bench/batch.ts";

for (const args of [["--kill", "0"], ["--lock", "0"], ["--documents", "0"]]) {
  Deno.test(`bench:batch ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const lines: string[] = [];
    assertEquals(await main(args, (line) => lines.push(line)), 2);
    assertStringIncludes(lines[0], args.join(" "));
  });
}
