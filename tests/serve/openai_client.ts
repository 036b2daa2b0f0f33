/**
 * A program that asks `lsg serve` by the package `openai` of npm, unchanged, in Deno and in Node.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const golden = (name: string) =>
  fromFileUrl(new URL(`../golden/pipelines/${name}`, import.meta.url));

/** Arguments of `lsg serve`: small models, and a key. */
export const SERVED: readonly string[] = [
  ...[`sentences=${golden("bert_sentences")}`, `chat=${golden("llama_chat")}`],
  ...["--api-key", "key", "--device", "wasm", "--threads", "1"],
];

/**
 * Writes the program.
 *
 * @param url Where the server is.
 * @param specifier Where the package is imported from.
 * @returns JavaScript.
 */
export function openAiClient(url: string, specifier: string): string {
  return `import OpenAI from ${JSON.stringify(specifier)};
const client = new OpenAI({ baseURL: ${JSON.stringify(`${url}/v1`)}, apiKey: "key" });
const { data } = await client.embeddings.create({ model: "sentences", input: ["the sea", "war"] });
const text = await client.completions.create({ model: "chat", prompt: "the sea", max_tokens: 5 });
const asked = {
  model: "chat", messages: [{ role: "user", content: "the sea" }], max_tokens: 8, temperature: 0,
};
let streamed = "";
let pieces = 0;
for await (const { choices: [choice] } of await client.chat.completions.create({ ...asked, stream: true })) {
  streamed += choice.delta.content ?? "";
  pieces++;
}
const whole = await client.chat.completions.create(asked);
const refused = await client.embeddings.create({ model: "none", input: "a" }).catch(({ status }) => status);
const models = [];
for await (const { id } of await client.models.list()) models.push(id);
console.log(JSON.stringify({
  lengths: data.map(({ embedding }) => Math.hypot(...embedding).toFixed(4)),
  choices: text.choices.length, same: whole.choices[0].message.content === streamed, pieces, refused, models,
}));
`;
}

/**
 * Asserts that the program was answered.
 *
 * @param output What it printed.
 */
export function assertOpenAiAnswers(output: string): void {
  const { pieces, ...others } = JSON.parse(output);
  assertEquals(others, {
    lengths: ["1.0000", "1.0000"],
    choices: 1,
    same: true,
    refused: 404,
    models: ["sentences", "chat"],
  });
  assert(pieces > 2, String(pieces));
}
