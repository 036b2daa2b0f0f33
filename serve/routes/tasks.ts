/**
 * The route of pipelines: `{ inputs, parameters }`, as the inference API of the hub has it.
 *
 * @module
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { assertSize, assertVectors, MOST_WORDS } from "../answer_size.ts";
import { ApiError } from "../api_error.ts";
import { ask, assertTexts, type RouteContext, type ServerEnv } from "../context.ts";
import { methodsOf } from "../../hosting/mod.ts";
import type { Continued } from "../../hosting/continue_text.ts";
import type { TextEmbedding } from "../../pipelines/feature_extraction.ts";
import { readLabels } from "../../pipelines/read_labels.ts";
import { jsonBody, jsonResult, ModelName } from "./schemas.ts";

const Question = z.strictObject({ question: z.string(), context: z.string() });

const TaskRequest = z.strictObject({
  inputs: z.union([z.string(), z.array(z.string()), Question, z.array(Question)]),
  parameters: z.record(z.string(), z.unknown()).default({}).openapi({
    description: "Options of the pipeline.",
  }),
  model: ModelName,
}).openapi("TaskRequest");

/** Options that are a program's own. */
const NOT_TAKEN = ["signal", "layer_callback", "streamer", "max_batch_tokens", "stopping_criteria"];

/**
 * Adds the route.
 *
 * @param app The application.
 * @param context Models and limits.
 */
export function addTaskRoute(app: OpenAPIHono<ServerEnv>, context: RouteContext): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/",
      summary: "A model's pipeline: summaries, answers, labels, words",
      request: jsonBody(TaskRequest),
      responses: jsonResult(z.unknown()),
    }),
    async (c) => {
      const { inputs, parameters, model: name } = c.req.valid("json");
      const chosen = name ?? context.models.first.name;
      const { model } = context.models.find("tokenize", chosen);
      const { task } = model.info;
      const [method] = methodsOf(task);
      const wrong = Object.keys(parameters).find((key) => NOT_TAKEN.includes(key));
      if (wrong !== undefined) {
        throw new ApiError(
          422,
          "invalid_request",
          `Cannot use the parameter ${wrong} in a request`,
        );
      }
      const isList = Array.isArray(inputs);
      const items: readonly unknown[] = isList ? inputs : [inputs];
      const isQuestion = (item: unknown) => typeof item === "object";
      if (items.some((item) => isQuestion(item) !== (task === "question-answering"))) {
        throw new ApiError(
          422,
          "invalid_request",
          `Cannot answer these inputs by ${chosen}, which is for ${task}: wanted ${
            task === "question-answering" ? "{ question, context }" : "texts"
          }`,
        );
      }
      if (task === "zero-shot-classification" && parameters.candidate_labels === undefined) {
        throw new ApiError(422, "invalid_request", "Missing parameter candidate_labels");
      }
      if (task === "zero-shot-classification") {
        const count = items.length * readLabels(parameters.candidate_labels).length;
        assertTexts(count, context.settings.max_texts, "texts × labels");
      }
      if (task === "text-generation") {
        const { return_full_text = true, ...options } = parameters;
        const prompts = (items as string[]).map((prompt) => ({ prompt }));
        const question = { method, items: prompts, options, model: chosen };
        const { results } = await ask(context, c, question);
        const texts = (results as Continued[]).map(({ text }, i) => [{
          generated_text: return_full_text ? prompts[i].prompt + text : text,
        }]);
        return c.json(isList ? texts : texts[0], 200);
      }
      // text-embeddings-inference and the hub's clients say truncate.
      const { truncate, ...others } = parameters;
      if (task === "feature-extraction" && others.pooling === "none") {
        assertVectors(items as string[], model.info);
      }
      if (task === "fill-mask" && typeof others.top_k === "number") {
        assertSize(items.length * others.top_k, MOST_WORDS, "words");
      }
      const { results } = await ask(context, c, {
        method,
        items,
        options: {
          ...(task === "feature-extraction" && { normalize: true }),
          ...(truncate !== undefined && truncate !== null && { truncation: truncate }),
          ...others,
        },
        model: chosen,
      });
      // Each text has a list of what was written, which comes for a single text, too.
      if (method === "write") return c.json((results as unknown[][]).flat(), 200);
      const shown = task === "feature-extraction"
        ? (results as TextEmbedding[]).map(nestRows)
        : results;
      return c.json(isList ? shown : shown[0], 200);
    },
  );
}

function nestRows({ dims, data }: TextEmbedding): number[] | number[][] {
  if (dims.length === 1) return [...data];
  const [tokens, width] = dims;
  return Array.from({ length: tokens }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}
