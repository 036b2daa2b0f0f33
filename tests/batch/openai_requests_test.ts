import { assertAlmostEquals, assertEquals } from "@std/assert";
import { answersTo, request } from "./batches.ts";

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
