/**
 * `deno task bench:wasm`: the wasm floor's figures beside the machine's peak.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { choose } from "./choose.ts";
import { machineLine } from "./machine.ts";
import { peak } from "./peak.ts";
import { formatTable } from "./table.ts";
import { HEADINGS, type Row } from "./wasm/figure.ts";
import { FIGURES } from "./wasm/figures.ts";

const USAGE = `Measures operations and whole encoders on wasm, in four minutes.

deno task bench:wasm [options]

  --only NAME,NAME  only figures whose names begin so
  --list            prints the names
  --help            this text

Reached is the share of what the threads do at best, or the ratio that is named.`;

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the output.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const wrong: string[] = [];
  const options = parseArgs(args, {
    string: ["only"],
    boolean: ["list", "help"],
    unknown: (name: string) => {
      wrong.push(name);
      return false;
    },
  });
  const { chosen, unknown } = choose(FIGURES, options.only);
  wrong.push(...unknown.map((start) => `--only ${start}`));
  if (wrong.length > 0) print(`Cannot measure with ${wrong.join(", ")}\n`);
  if (options.help || wrong.length > 0) {
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  if (options.list) {
    chosen.forEach(({ name }) => print(name));
    return 0;
  }
  const limit = await peak();
  print(machineLine(new Date()));
  print(`Peak of a thread, multiply-adds in registers: ${limit.toFixed(1)} GFLOPS\n`);
  const rows: Row[] = [];
  for (const { run } of chosen) rows.push(...await run(limit));
  formatTable(HEADINGS, rows).forEach((line) => print(line));
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
