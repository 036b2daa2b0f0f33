import { assertAlmostEquals, assertEquals } from "@std/assert";
import { planBatch, readPlan } from "../../batch/mod.ts";
import { loadPlannedModel } from "../../batch/load_model.ts";
import { readShards } from "../../batch/plan_files.ts";
import { runShard } from "../../batch/run_shard.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { embedInto, goldenModel, jsonLines, ONE_THREAD, readJsonLines } from "./batches.ts";

interface Answer {
  readonly id: string;
  readonly custom_id: string;
  readonly error: null;
  // deno-lint-ignore no-explicit-any
  readonly response: { status_code: number; request_id: string; body: any };
}

async function answersTo(
  requests: readonly unknown[],
  task: "feature-extraction" | "text-generation",
  model: string,
): Promise<{ results: Answer[]; errors: Answer[]; tokens: number }> {
  let answers: { results: Answer[]; errors: Answer[]; tokens: number } | undefined;
  await withFolder(async (folder) => {
    const out = `${folder}/out`;
    await Deno.writeTextFile(`${folder}/requests.jsonl`, jsonLines(requests));
    const more = { task, checkpoint: goldenModel(model), model_name: "mine", shard_documents: 99 };
    await planBatch([`${folder}/requests.jsonl`], embedInto(out, more));
    const plan = await readPlan(out);
    const [shard] = await Array.fromAsync(readShards(out));
    const hosted = await loadPlannedModel(plan, ONE_THREAD);
    try {
      const { tokens, failed } = await runShard(out, plan, shard, hosted);
      const part = `${out}/parts/part-${shard.id}`;
      const errors = failed === 0 ? [] : await readJsonLines(`${part}/errors.jsonl`);
      answers = { results: await readJsonLines(`${part}/result.jsonl`), errors, tokens };
    } finally {
      await hosted.close();
    }
  });
  return answers!;
}

const request = (custom_id: unknown, url: string, body: unknown) => ({
  custom_id,
  method: "POST",
  url,
  body,
});

Deno.test("requests for embeddings get OpenAI's answers, and its errors", async () => {
  const url = "/v1/embeddings";
  const { results, errors, tokens } = await answersTo(
    [
      request("a", url, { model: "mine", input: ["the sea", "a river"] }),
      request("b", url, { model: "other", input: "the sea" }),
      request("c", url, { model: "mine", input: "the sea ".repeat(400) }),
      request("d", "/v1/rerank", { model: "mine" }),
      request("e", url, { model: "mine", input: "the sea", unknown: 1 }),
      { ...request("f", url, {}), method: "GET" },
      request(7, url, { input: "the sea" }),
      request("g", url, { model: "mine", input: "the sea", encoding_format: "base64" }),
      request("h", "/v1/completions", { model: "mine", prompt: "the sea" }),
      request("i", url, undefined),
    ],
    "feature-extraction",
    "bert_sentences",
  );
  assertEquals(results.map(({ custom_id }) => custom_id), ["a", "g"]);
  const [{ id, error, response: { status_code, body } }] = results;
  assertEquals([id.startsWith("batch_req_"), error, status_code], [true, null, 200]);
  assertEquals([body.object, body.model, body.data.length], ["list", "mine", 2]);
  assertAlmostEquals(Math.hypot(...body.data[0].embedding), 1, 1e-5);
  assertEquals(
    tokens,
    results.reduce((sum, { response }) => sum + response.body.usage.total_tokens, 0),
  );
  assertEquals(errors.map(({ response: { status_code } }) => status_code), [
    ...[404, 400, 400, 422, 400, 400, 400, 422],
  ]);
  assertEquals(typeof errors[0].response.body.error.message, "string");
  assertEquals(errors[5].custom_id.endsWith("requests.jsonl:7"), true);
});

Deno.test("requests to continue conversations and texts", async () => {
  const messages = [{ role: "user", content: "the sea" }];
  const chat = { model: "mine", messages, max_tokens: 4, temperature: 0 };
  const { results, errors } = await answersTo(
    [
      request("a", "/v1/chat/completions", chat),
      request("b", "/v1/completions", { model: "mine", prompt: "the sea", max_tokens: 3 }),
      request("c", "/v1/chat/completions", { ...chat, stream: true }),
    ],
    "text-generation",
    "llama_chat",
  );
  assertEquals(results.map(({ response: { body } }) => body.object), [
    "chat.completion",
    "text_completion",
  ]);
  assertEquals(errors.map(({ custom_id, response }) => [custom_id, response.status_code]), [
    ["c", 400],
  ]);
});
