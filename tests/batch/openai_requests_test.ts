import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { planBatch } from "../../batch/mod.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { answersTo, embedInto, jsonLines, request, texts } from "./batches.ts";

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

Deno.test("options that requests do not heed are refused, unless there are other documents", () =>
  withFolder(async (folder) => {
    const [requests, rows] = [`${folder}/requests.jsonl`, `${folder}/rows.jsonl`];
    const body = { input: "the sea" };
    await Deno.writeTextFile(requests, jsonLines([request("a", "/v1/embeddings", body)]));
    await Deno.writeTextFile(rows, jsonLines(texts(1)));
    const out = `${folder}/out`;
    const parameters = { truncation: true };
    for (
      const [settings, message] of [
        [{ parameters }, "with the parameter truncation: it holds requests"],
        [{ id_field: "id" }, "wanted custom_id"],
        [{ result: "npy" }, "wanted jsonl"],
      ] as const
    ) {
      const plan = () => planBatch([requests], embedInto(out, settings));
      await assertRejects(plan, RangeError, message);
    }
    await planBatch([rows, requests], embedInto(out, { parameters }));
    assertEquals((await planBatch([requests], embedInto(out, { parameters }))).documents, 2);
  }));
