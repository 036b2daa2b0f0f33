/**
 * `deno task bench:serve`: `lsg serve` under load, beside one call of the pipeline.
 *
 * Clients on the loopback ask for embeddings of texts of 20 to 4,096 tokens, each the next as soon as
 * it has an answer; first with short texts passing long ones, then first come, first served.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Command } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { pipeline } from "../pipelines/mod.ts";
import { Random } from "../tensor/random.ts";
import { measureCompletions } from "./completions.ts";
import { describeMachine } from "./machine.ts";
import { quantile } from "./measure.ts";
import { type ServerProcess, startServer } from "./start_server.ts";
import { formatTable } from "./table.ts";

const MODEL = fromFileUrl(new URL("../demo/model", import.meta.url));
const BOOK = new URL("../demo/northanger_abbey.txt", import.meta.url);

/** The longest text, in tokens. */
const LONGEST = 4096;
/** Texts of at most so many characters are short: some 100 tokens. */
const SHORT = 400;
/** Requests after which the memory is told. */
const STEP = 1000;

const COMMAND = {
  name: "bench:serve",
  summary: "Measures lsg serve with many clients: tokens a second beside one call of the " +
    "pipeline, waiting of short texts, memory over many requests.",
  options: {
    clients: { type: "number", default: 64, description: "Clients at the same time." },
    requests: { type: "number", default: 384, description: "Texts of 20 to 4,096 tokens." },
    short_requests: {
      type: "number",
      default: 10_000,
      description: "Requests of short texts, during which the memory is watched; 0: none.",
    },
    completions: {
      type: "string",
      placeholder: "MODEL",
      description: "Instead, completions of this model, of clients that ask at once.",
    },
  },
} as const satisfies Command;

function start(patience: number, flags: readonly string[] = []): Promise<ServerProcess> {
  return startServer([
    ...[`model=${MODEL}`, "--task", "feature-extraction", "--device", "wasm"],
    ...["--max-sequence-length", String(LONGEST), "--patience", String(patience)],
  ], flags);
}

async function ask(url: string, text: string): Promise<{ status: number; seconds: number }> {
  const before = performance.now();
  const response = await fetch(`${url}/embed`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs: text }),
  });
  await response.arrayBuffer();
  return { status: response.status, seconds: (performance.now() - before) / 1000 };
}

/** Asks for all texts, so many at a time. */
async function load(
  url: string,
  texts: readonly string[],
  clients: number,
  onAnswer: (count: number) => void = () => {},
): Promise<{ status: number; seconds: number }[]> {
  const answers: { status: number; seconds: number }[] = new Array(texts.length);
  let [next, done] = [0, 0];
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < texts.length) {
      const i = next++;
      answers[i] = await ask(url, texts[i]);
      onAnswer(++done);
    }
  }));
  return answers;
}

/** Passages of a book whose lengths are drawn evenly on a logarithmic scale. */
function drawTexts(book: string, count: number): string[] {
  const random = new Random(0);
  // Four characters a token, and a margin for special tokens.
  const longest = 3.6 * LONGEST;
  return Array.from({ length: count }, () => {
    const length = Math.round(80 * (longest / 80) ** random.uniform());
    const first = Math.floor(random.uniform() * (book.length - length));
    return book.slice(first, first + length);
  });
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const clients = requireCount("--clients", values.clients, 1)!;
    const requests = requireCount("--requests", values.requests, 1)!;
    const many = requireCount("--short-requests", values.short_requests, 0)!;
    if (values.completions !== undefined) {
      print(`${describeMachine(new Date())}; ${values.completions}`);
      (await measureCompletions(values.completions)).forEach((line) => print(line));
      return;
    }
    const book = await Deno.readTextFile(BOOK);
    const texts = drawTexts(book, requests);

    const lsg = { max_sequence_length: LONGEST };
    const extractor = await pipeline("feature-extraction", MODEL, { device: "wasm", lsg });
    const tokens = texts.reduce((sum, text) => sum + extractor._countTokens(text), 0);
    await extractor(texts[0], { pooling: "mean" });
    let before = performance.now();
    await extractor(texts, { pooling: "mean", normalize: true });
    const alone = (performance.now() - before) / 1000;
    extractor.dispose();

    const rows = [["one call of the pipeline", alone, tokens / alone, 1, NaN, NaN, NaN]];
    for (const [name, patience] of [["short texts pass", 16], ["first come first", 0]] as const) {
      await using server = await start(patience);
      before = performance.now();
      const answers = await load(server.url, texts, clients);
      const seconds = (performance.now() - before) / 1000;
      const short = answers.filter((_, i) => texts[i].length <= SHORT).map((a) => a.seconds);
      const errors = answers.filter(({ status }) => status !== 200).length;
      rows.push([
        `${clients} clients, ${name}`,
        seconds,
        tokens / seconds,
        alone / seconds,
        quantile(short, 0.5),
        quantile(short, 0.99),
        errors,
      ]);
    }
    const fixed = (value: unknown, digits: number) =>
      Number.isNaN(value) ? "" : (value as number).toFixed(digits);
    print(`${describeMachine(new Date())}; embedded model, ${requests} texts, ${tokens} tokens`);
    formatTable(
      ["", "seconds", "tokens/s", "÷ pipeline", "short, median", "99 %", "errors"],
      rows.map(([name, ...figures]) => [
        String(name),
        ...figures.map((figure, i) => fixed(figure, [2, 0, 2, 3, 3, 0][i])),
      ]),
    ).forEach((line) => print(line));
    if (many === 0) return;
    // What nobody collected yet would count as well: a small heap is collected often.
    await using server = await start(16, ["--v8-flags=--max-old-space-size=48"]);
    const memory: [number, number][] = [];
    const waiting: Promise<void>[] = [];
    await load(
      server.url,
      drawTexts(book.slice(0, 2000), many).map((text) => text.slice(0, 80)),
      16,
      (done) => {
        if (done % STEP !== 0 && done !== STEP / 10) return;
        waiting.push(residentMegabytes(server.pid).then((mb) => void memory.push([done, mb])));
      },
    );
    await Promise.all(waiting);
    formatTable(
      ["requests", ...memory.map(([done]) => String(done))],
      [["resident MB", ...memory.map(([, mb]) => mb.toFixed(0))]],
    ).forEach((line) => print(line));
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
