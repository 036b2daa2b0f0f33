/**
 * Requests of the OpenAI API, answered by the routes of `lsg serve`.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import type { HostedModel } from "../hosting/mod.ts";
import { createApp } from "../serve/app.ts";
import { ServedModels } from "../serve/served_models.ts";
import type { AnswerDocument } from "./answer.ts";
import type { BatchPlan } from "./batch_plan.ts";

/** Routes that a batch can ask. */
const URLS = ["/v1/embeddings", "/v1/chat/completions", "/v1/completions"];

/** Largest body. */
const LARGEST = 2 ** 25;

/**
 * Makes the function that answers requests.
 *
 * @param plan The plan.
 * @param model Its model.
 * @returns The function; the rows that it returns have the shape of OpenAI's result files.
 */
export function answerRequestsBy(
  { model: { name } }: BatchPlan,
  model: HostedModel,
): AnswerDocument {
  const models = ServedModels.of(name, model);
  const settings = { models: [], max_concurrent: Infinity, max_body: LARGEST };
  const { app } = createApp({ models, settings, processMetrics: false });
  return async (document, signal) => {
    const { id } = document;
    const answer = (status_code: number, body: unknown) => ({
      id: `batch_req_${crypto.randomUUID().replaceAll("-", "")}`,
      custom_id: id,
      response: { status_code, request_id: crypto.randomUUID(), body },
      error: null,
    });
    const refuse = (message: string) => {
      const error = { message, type: "invalid_request_error", param: null, code: null };
      return { id, error: { type: "RangeError", message }, response: answer(400, { error }) };
    };
    if ("problem" in document) return refuse(document.problem.message);
    const { custom_id, method, url, body } = document.row;
    if (typeof custom_id !== "string") return refuse("Missing custom_id");
    if (method !== "POST") return refuse(`Cannot use the method ${showValue(method)}: wanted POST`);
    if (typeof url !== "string" || !URLS.includes(url)) {
      return refuse(`Cannot use the url ${showValue(url)}: wanted one of ${URLS.join(", ")}`);
    }
    if (isJsonObject(body) && body.stream === true) return refuse("Cannot stream in a batch");
    const answered = await app.fetch(
      new Request(`http://localhost${url}`, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body ?? null),
        signal,
      }),
    );
    signal.throwIfAborted();
    const result = await answered.json();
    const { status } = answered;
    const response = answer(status, result);
    if (status === 200) return { id, tokens: Number(result.usage?.total_tokens ?? 0), response };
    const message = String(result.error?.message);
    if (status >= 500) throw new Error(`Cannot answer ${id}: ${message}`);
    return { id, error: { type: "RangeError", message }, response };
  };
}
