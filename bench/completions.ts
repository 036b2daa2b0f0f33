/**
 * Completions of `lsg serve`, of clients that ask at once.
 *
 * @module
 */
import { startServer } from "./start_server.ts";
import { formatTable } from "./table.ts";

/** Tokens of each answer, and clients. */
const [TOKENS, CLIENTS] = [32, [1, 2, 4, 8, 16]];

/** Beginnings of texts; each client has another one. */
const PROMPTS = [
  "The sea was",
  "A letter came when",
  "In the winter of that year",
  "She said that",
];

/**
 * Measures a model of one thread, greedy.
 *
 * @param model Path of the checkpoint.
 * @returns A table: seconds, tokens a second, and processor time of the server's process.
 * @throws {Error} If the server does not start, or a request fails.
 */
export async function measureCompletions(model: string): Promise<string[]> {
  await using server = await startServer([
    ...[`model=${model}`, "--task", "text-generation", "--device", "wasm", "--threads", "1"],
  ]);
  const { url, pid } = server;
  const ask = async (client: number) => {
    const prompt = `${client}. ${PROMPTS[client % PROMPTS.length]}`;
    const response = await fetch(`${url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt, max_tokens: TOKENS, temperature: 0 }),
    });
    if (!response.ok) {
      throw new Error(`The server answered ${response.status}: ${await response.text()}`);
    }
    const { usage } = await response.json();
    return usage.completion_tokens as number;
  };
  await ask(0);
  const rows: string[][] = [];
  for (const clients of CLIENTS) {
    const [before, processor] = [performance.now(), await processorSeconds(pid)];
    const written = await Promise.all(Array.from({ length: clients }, (_, i) => ask(i)));
    const seconds = (performance.now() - before) / 1000;
    const tokens = written.reduce((sum, count) => sum + count, 0);
    rows.push([
      String(clients),
      seconds.toFixed(2),
      (tokens / seconds).toFixed(1),
      (await processorSeconds(pid) - processor).toFixed(2),
      String(tokens),
    ]);
  }
  return formatTable(["clients", "seconds", "tokens/s", "processor seconds", "tokens"], rows);
}

/** Processor time of a process; the kernel counts in hundredths of a second. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
