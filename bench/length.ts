/**
 * `deno task bench:length`: what LSG attention costs beside full attention as texts grow longer.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { LSG_DEFAULTS } from "../attention/mod.ts";
import { fullAttention, lsgAttention } from "../functional/mod.ts";
import { Random } from "../random.ts";
import { lineChart } from "./line_chart.ts";
import { machineLine } from "./machine.ts";
import { measure } from "./measure.ts";
import { formatTable } from "./table.ts";
import { lsgPairs } from "./visible_keys.ts";

const { block_size, sparse_block_size, sparsity_factor, sparsity_type } = LSG_DEFAULTS;

/** Block size, sparse block size, sparsity factor and type. */
const LSG = `LSG ${block_size}/${sparse_block_size}/${sparsity_factor} ${sparsity_type}`;

const USAGE = `Measures one head of full attention and of ${LSG} on the CPU reference.

deno task bench:length [options]

  --lengths N,N   numbers of tokens, multiples of ${block_size}  (512,1024,2048,4096)
  --repeats N     runs that count; the median is shown  (5)
  --svg FILE      also writes a chart
  --help          this text`;

/** Width of the head. */
const WIDTH = 64;

/** The measurement of one length. */
interface Measured {
  readonly tokens: number;
  readonly full: number;
  readonly lsg: number;
}

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the output.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const unknown: string[] = [];
  const options = parseArgs(args, {
    string: ["lengths", "repeats", "svg"],
    boolean: ["help"],
    default: { lengths: "512,1024,2048,4096", repeats: "5" },
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const lengths: number[] = options.lengths.split(",").map(Number);
  const repeats = Number(options.repeats);
  const wrong = [
    ...unknown,
    ...lengths.filter((n) => !(n >= block_size && n % block_size === 0)).map((n) =>
      `--lengths ${n}`
    ),
    ...(Number.isInteger(repeats) && repeats >= 1 ? [] : [`--repeats ${options.repeats}`]),
    ...(options.svg === "" ? ["--svg without a file"] : []),
  ];
  if (options.help || wrong.length > 0) {
    if (wrong.length > 0) print(`Cannot measure with ${wrong.join(", ")}\n`);
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  const measured: Measured[] = [];
  for (const tokens of lengths) measured.push(await measureLength(tokens, repeats));
  print(machineLine(new Date()));
  print(`One head of width ${WIDTH}, CPU reference, median of ${repeats}\n`);
  const headings = [
    "tokens",
    "pattern",
    "visible keys",
    "seconds",
    "GFLOPS",
    "speed-up",
    "ideal speed-up",
  ];
  formatTable(headings, measured.flatMap(tableRows)).forEach((line) => print(line));
  if (options.svg) await Deno.writeTextFile(options.svg, chart(measured));
  return 0;
}

async function measureLength(tokens: number, repeats: number): Promise<Measured> {
  const random = new Random(tokens);
  const [query, key, value] = [1, 2, 3].map(() => random.normals(tokens * WIDTH));
  const [globalQuery, globalKey, globalValue] = [1, 2, 3].map(() => random.normals(WIDTH));
  const input = { query, key, value, globalQuery, globalKey, globalValue };
  const shape = { batch: 1, tokens, heads: 1 };
  const [full, lsg] = await measure([
    () => fullAttention(input, shape),
    () => lsgAttention(input, { ...shape, ...LSG_DEFAULTS }),
  ], { warmups: 1, repeats });
  return { tokens, full, lsg };
}

/** Pairs of a query and a key: `tokens` queries, with LSG the global token's besides. */
function pairsOf(tokens: number): { full: number; lsg: number } {
  return { full: tokens * tokens, lsg: lsgPairs(tokens, LSG_DEFAULTS) };
}

function tableRows({ tokens, full, lsg }: Measured): string[][] {
  const pairs = pairsOf(tokens);
  const row = (pattern: string, seconds: number, count: number, queries: number) => [
    tokens.toLocaleString("en"),
    pattern,
    Math.round(count / queries).toLocaleString("en"),
    seconds.toFixed(4),
    // A key costs a multiplication and an addition for each column, in the score and in the sum.
    (2 * 2 * count * WIDTH / seconds / 1e9).toFixed(2),
    (full / seconds).toFixed(2),
    (pairs.full / count).toFixed(2),
  ];
  const queries = tokens + LSG_DEFAULTS.num_global_tokens;
  return [row("full", full, pairs.full, tokens), row(LSG, lsg, pairs.lsg, queries)];
}

function chart(measured: readonly Measured[]): string {
  return lineChart({
    title: `Attention over length: one head of width ${WIDTH}, CPU reference`,
    xLabel: "tokens",
    yLabel: "seconds",
    series: [
      { name: "full", points: measured.map(({ tokens, full }) => [tokens, full]) },
      { name: LSG, points: measured.map(({ tokens, lsg }) => [tokens, lsg]) },
      {
        name: "LSG at full’s time a key",
        dashed: true,
        points: measured.map(({ tokens, full }) => {
          const pairs = pairsOf(tokens);
          return [tokens, full * pairs.lsg / pairs.full];
        }),
      },
    ],
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
