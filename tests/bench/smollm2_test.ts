import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeSafetensors } from "../../checkpoint/mod.ts";
import { main } from "../../bench/smollm2.ts";

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await main(args, (line) => lines.push(line)), lines };
}

for (
  const [args, message] of [
    [[], "Missing FOLDER"],
    [["no/such/folder"], "reference.safetensors is missing"],
    [["folder", "--dtype", "fp32,q3"], "q3"],
    [["folder", "--device", "tpu"], "tpu"],
  ] as const
) {
  Deno.test(`smollm2 ${args.join(" ")} exits with 2 and names the mistake`, async () => {
    const { code, lines } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(lines[0], message);
  });
}

Deno.test("smollm2 refuses a reference without texts", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(`${folder}/reference.safetensors`, encodeSafetensors([]));
  const { code, lines } = await run(folder);
  assertEquals(code, 2);
  assertStringIncludes(lines[0], "has no texts");
  await Deno.remove(folder, { recursive: true });
});
