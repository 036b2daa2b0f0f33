/**
 * `deno task bench:memory`: memory of RoBERTa-base with LSG attention, each length in a process of
 * its own.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { machineLine } from "./machine.ts";
import type { MemoryFigures } from "./memory_pass.ts";
import { formatTable } from "./table.ts";

const SCRIPT = fromFileUrl(new URL("./memory_pass.ts", import.meta.url));
const LENGTHS = [4096, 16384];

/** Memory of one process. */
async function figuresOf(tokens: number): Promise<MemoryFigures> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Deno asks for all permissions before it reads /proc/self.
    args: ["run", "--quiet", "--no-check", "--allow-all", SCRIPT, String(tokens)],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * Measures and prints the table.
 *
 * @param print Takes the lines.
 */
export async function main(print: (line: string) => void): Promise<void> {
  print(machineLine(new Date()));
  print("RoBERTa-base, random weights, LSG 128/128/2 norm, float32, two threads; MB\n");
  const rows: string[][] = [];
  for (const tokens of LENGTHS) {
    const { weights, loaded, peak } = await figuresOf(tokens);
    const numbers = [tokens, weights, loaded, peak, peak - weights];
    rows.push(numbers.map((n) => Math.round(n).toLocaleString("en")));
  }
  const headings = ["tokens", "weights", "peak at load", "peak after a pass", "beyond weights"];
  for (const line of formatTable(headings, rows)) print(line);
}

if (import.meta.main) await main(console.log);
