/**
 * Routes of text-embeddings-inference that classify and rerank.
 *
 * @module
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ApiError } from "../api_error.ts";
import { ask, type RouteContext, type ServerEnv } from "../context.ts";
import type { TextClassificationResult, TextPair } from "../../pipelines/text_classification.ts";
import type { ServedModel, ServedModels } from "../served_models.ts";
import { jsonBody, jsonResult, ModelName, Truncate, TruncationDirection } from "./schemas.ts";

const Cut = { truncate: Truncate, truncation_direction: TruncationDirection, model: ModelName };

const PredictRequest = z.strictObject({
  inputs: z.union([z.string(), z.array(z.string()), z.array(z.array(z.string()))]).openapi({
    description: "A text; two texts, a pair; or a list of lists of one or two texts.",
  }),
  raw_scores: z.boolean().default(false),
  ...Cut,
}).openapi("PredictRequest");

const Prediction = z.object({ label: z.string(), score: z.number() }).openapi("Prediction");

const RerankRequest = z.strictObject({
  query: z.string(),
  texts: z.array(z.string()),
  raw_scores: z.boolean().default(false),
  return_text: z.boolean().default(false),
  ...Cut,
}).openapi("RerankRequest");

const Rank = z.object({
  index: z.number().int(),
  score: z.number(),
  text: z.string().optional(),
}).openapi("Rank");

/** A text alone, or a pair. */
function readSequence(texts: readonly string[]): string | TextPair {
  if (texts.length === 1) return texts[0];
  if (texts.length === 2) return { text: texts[0], text_pair: texts[1] };
  throw new ApiError(
    422,
    "invalid_request",
    `Cannot predict an input of ${texts.length} texts: wanted one, or two for a pair; a list of ` +
      'inputs is a list of lists, [["a"], ["b"]]',
  );
}

/** Name of the model that a request names, or else of the first that can rerank. */
function findReranker(models: ServedModels, given: string | undefined): string {
  const isReranker = ({ model: { info } }: ServedModel) =>
    info.methods.includes("classify") && info.labels?.length === 1;
  const classifier = models.find("classify", given);
  const found = given === undefined ? models.all.find(isReranker) : classifier;
  if (found && isReranker(found)) return found.name;
  throw new ApiError(
    400,
    "invalid_request",
    `Cannot rerank by ${classifier.name}: it has ${classifier.model.info.labels?.length} labels, ` +
      "a reranker one",
  );
}

/**
 * Adds the routes.
 *
 * @param app The application.
 * @param context Models and limits.
 */
export function addClassificationRoutes(app: OpenAPIHono<ServerEnv>, context: RouteContext): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/predict",
      summary: "Labels of texts or pairs, most probable first",
      request: jsonBody(PredictRequest),
      responses: jsonResult(z.union([z.array(Prediction), z.array(z.array(Prediction))])),
    }),
    async (c) => {
      const { inputs, raw_scores, truncate, model } = c.req.valid("json");
      const isBatch = Array.isArray(inputs) && (inputs.length === 0 || Array.isArray(inputs[0]));
      const items = isBatch
        ? (inputs as string[][]).map(readSequence)
        : [readSequence([inputs].flat() as string[])];
      const { results } = await ask(context, c, {
        method: "classify",
        items,
        options: {
          top_k: null,
          truncation: truncate,
          ...(raw_scores && { function_to_apply: "none" }),
        },
        model,
      });
      const labels = results as TextClassificationResult[][];
      return c.json(isBatch ? labels : labels[0], 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/rerank",
      summary: "Texts by how well they answer a query, best first",
      request: jsonBody(RerankRequest),
      responses: jsonResult(z.array(Rank)),
    }),
    async (c) => {
      const { query, texts, raw_scores, return_text, truncate, model } = c.req.valid("json");
      const name = findReranker(context.models, model);
      const { results } = await ask(context, c, {
        method: "classify",
        items: texts.map((text) => ({ text: query, text_pair: text })),
        options: { truncation: truncate, function_to_apply: raw_scores ? "none" : "sigmoid" },
        model: name,
      });
      const ranks = (results as TextClassificationResult[][]).map(([{ score }], index) => ({
        index,
        score,
        ...(return_text && { text: texts[index] }),
      }));
      return c.json(ranks.sort((a, b) => b.score - a.score), 200);
    },
  );
}
