/**
 * Routes of the OpenAI API: embeddings and the list of models.
 *
 * @module
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ApiError } from "../api_error.ts";
import { ask, type RouteContext, type ServerEnv } from "../context.ts";
import type { TextEmbedding } from "../../pipelines/feature_extraction.ts";
import { jsonBody, jsonResult } from "./schemas.ts";
import { toBase64 } from "../to_base64.ts";
import { shortenVector } from "../shorten_vector.ts";

const Model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.number().int(),
  owned_by: z.string(),
}).openapi("Model");

const EmbeddingRequest = z.strictObject({
  input: z.union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())]))]),
  model: z.string().optional(),
  encoding_format: z.enum(["float", "base64"]).default("float"),
  dimensions: z.number().int().min(1).optional(),
  user: z.string().optional().openapi({ description: "Written to the log." }),
}).openapi("EmbeddingRequest");

const EmbeddingResponse = z.object({
  object: z.literal("list"),
  data: z.array(z.object({
    object: z.literal("embedding"),
    index: z.number().int(),
    embedding: z.union([z.array(z.number()), z.string()]),
  })),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.number().int(), total_tokens: z.number().int() }),
}).openapi("EmbeddingResponse");

/**
 * Adds the routes.
 *
 * @param app The application.
 * @param context Models and limits.
 */
export function addOpenAiRoutes(app: OpenAPIHono<ServerEnv>, context: RouteContext): void {
  const describe = ({ name, created }: { readonly name: string; readonly created: number }) => ({
    id: name,
    object: "model" as const,
    created,
    owned_by: "lsg",
  });
  const find = (model: string) => {
    context.models.assertReady();
    const found = context.models.all.find(({ name }) => name === model);
    if (found) return found;
    throw new ApiError(404, "not_found", `There is no model ${JSON.stringify(model)} here`);
  };
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/models",
      summary: "The models",
      responses: jsonResult(z.object({ object: z.literal("list"), data: z.array(Model) })),
    }),
    (c) => {
      context.models.assertReady();
      return c.json({ object: "list" as const, data: context.models.all.map(describe) }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/models/{model}",
      summary: "A model",
      request: { params: z.object({ model: z.string() }) },
      responses: jsonResult(Model),
    }),
    (c) => c.json(describe(find(c.req.valid("param").model)), 200),
  );
  app.get("/v1/models/:owner/:name", (c) => {
    const { owner, name } = c.req.param();
    return c.json(describe(find(`${owner}/${name}`)), 200);
  });
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/embeddings",
      summary: "Embeddings of texts, of length 1",
      request: jsonBody(EmbeddingRequest),
      responses: jsonResult(EmbeddingResponse),
    }),
    async (c) => {
      const { input, model, encoding_format, dimensions, user } = c.req.valid("json");
      c.get("facts").user = user?.slice(0, 200);
      const texts = [input].flat();
      if (!texts.every((text) => typeof text === "string")) {
        throw new ApiError(
          400,
          "invalid_request",
          "Cannot embed token ids: they are those of another tokenizer; wanted texts (LangChain's " +
            "OpenAIEmbeddings: check_embedding_ctx_length=False)",
        );
      }
      const question = {
        method: "embed" as const,
        items: texts,
        options: { normalize: true },
        model,
      };
      const { results, tokens, served } = await ask(context, c, question);
      const data = (results as TextEmbedding[]).map(({ data }, index) => {
        const vector = shortenVector(data, dimensions, served);
        const embedding = encoding_format === "base64" ? toBase64(vector) : [...vector];
        return { object: "embedding" as const, index, embedding };
      });
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      return c.json({ object: "list" as const, data, model: served.name, usage }, 200);
    },
  );
}
