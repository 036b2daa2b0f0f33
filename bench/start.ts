/**
 * `deno task bench:start`: time from process start to a first answer, and of loading.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { runJson } from "./own_process.ts";
import { writeBert, writeLlamaTokenizer } from "./start/checkpoints.ts";
import type { Program, StageEnd } from "./start/stages.ts";
import { formatTable } from "./table.ts";

const EMBEDDED = fromFileUrl(new URL("../demo/model", import.meta.url));
const SCRIPT = new URL("./start/stages.ts", import.meta.url);
const MASKED = "She looked at him with a <mask> and left the room.";
const SENTENCE = "She looked at him with a smile and left the room.";

const REPEATS = 7;

const COMMAND = {
  name: "bench:start",
  summary: "Measures fresh processes from their start to a first answer, and loading alone.",
  operands: [
    { placeholder: "[FOLDER]…", description: "Tokenizers to load, too.", repeated: true },
  ],
  options: {},
} as const satisfies Command;

/** A program, and the most milliseconds that are wanted. */
interface Subject extends Program {
  readonly name: string;
  /** From process start to the answer. */
  readonly answerWithin?: number;
  /** Loading alone. */
  readonly loadingWithin?: number;
}

/** The milliseconds of a run: the stages, all of them, and all threads together. */
async function measureRun(program: Program): Promise<Map<string, number>> {
  const started = performance.timeOrigin + performance.now();
  const ends = await runJson(SCRIPT, [JSON.stringify(program)]) as StageEnd[];
  const times = new Map<string, number>();
  ends.forEach(({ stage, time }, i) => times.set(stage, time - (ends[i - 1]?.time ?? started)));
  const last = ends[ends.length - 1];
  times.set("start to answer", last.time - started);
  times.set("processor", last.processor);
  return times;
}

/** Measures and prints the table. */
async function measureStarts(
  print: (line: string) => void,
  tokenizers: readonly string[],
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const [bert, llama] = [`${folder}/bert`, `${folder}/llama`];
    await Deno.mkdir(bert);
    await Deno.mkdir(llama);
    await writeBert(bert);
    await writeLlamaTokenizer(llama);
    const masked: Program = { task: "fill-mask", folder: EMBEDDED, text: MASKED };
    const embed: Program = { task: "feature-extraction", folder: bert, text: SENTENCE };
    const long = `${"the ".repeat(497)}${MASKED}`;
    const subjects: Subject[] = [
      { name: "nothing, the limit", text: "" },
      { name: "embedded, a sentence, wasm", ...masked, device: "wasm", answerWithin: 250 },
      { name: "the same, from mod.ts", ...masked, device: "wasm", importsAll: true },
      { name: "embedded, a sentence, cpu", ...masked, device: "cpu" },
      { name: "embedded, 512 tokens, wasm", ...masked, text: long, device: "wasm" },
      { name: "MiniLM's shape, wasm", ...embed, device: "wasm", loadingWithin: 300 },
      { name: "MiniLM's shape, cpu", ...embed, device: "cpu" },
      { name: "128,000 words", folder: llama, text: SENTENCE, loadingWithin: 400 },
      ...tokenizers.map((path) => ({ name: path.slice(-26), folder: path, text: SENTENCE })),
    ];
    print(describeMachine(new Date()));
    print(`Milliseconds from process start, medians of ${REPEATS}; all threads' processor time\n`);
    const runs = subjects.map((): Map<string, number>[] => []);
    // Interleaved, so that the machine's load is the same for all; the first run warms up caches.
    for (let i = 0; i <= REPEATS; i++) {
      for (const [which, { name: _, ...program }] of subjects.entries()) {
        const times = await measureRun(program);
        if (i > 0) runs[which].push(times);
      }
    }
    const columns = ["Deno", "modules", "loading", "answer", "start to answer", "processor"];
    const rows = subjects.map(({ name, answerWithin, loadingWithin }, which) => {
      const wanted = { loading: loadingWithin, "start to answer": answerWithin };
      return [
        name,
        ...columns.map((column) => {
          const times = runs[which].flatMap((run) => run.get(column) ?? []);
          if (times.length === 0) return "";
          const time = median(times).toFixed(0);
          const most = wanted[column as keyof typeof wanted];
          return most === undefined ? time : `${time} (${most})`;
        }),
      ];
    });
    for (const line of formatTable(["(wanted)", ...columns], rows)) print(line);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, ({ operands }) => measureStarts(print, operands));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
