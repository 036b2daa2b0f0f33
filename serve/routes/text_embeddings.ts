/**
 * Routes of text-embeddings-inference that embed, and split texts into tokens.
 *
 * @module
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { assertSize, assertVectors, MOST_CHARACTERS } from "../answer_size.ts";
import { ask, type RouteContext, type ServerEnv } from "../context.ts";
import type { TextEmbedding } from "../../pipelines/feature_extraction.ts";
import { shortenVector } from "../shorten_vector.ts";
import {
  jsonBody,
  jsonResult,
  ModelName,
  Texts,
  Truncate,
  TruncationDirection,
} from "./schemas.ts";

const Prompt = z.string().optional().openapi({
  description: "Name of one of the checkpoint's prompts.",
});

const Vector = z.array(z.number());

const Reading = {
  truncate: Truncate,
  truncation_direction: TruncationDirection,
  prompt_name: Prompt,
};

const EmbedRequest = z.strictObject({
  inputs: Texts,
  ...Reading,
  normalize: z.boolean().default(true),
  dimensions: z.number().int().min(1).optional(),
  model: ModelName,
}).openapi("EmbedRequest");

const EmbedAllRequest = z.strictObject({ inputs: Texts, ...Reading, model: ModelName })
  .openapi("EmbedAllRequest");

const SimilarityRequest = z.strictObject({
  inputs: z.strictObject({ source_sentence: z.string(), sentences: z.array(z.string()) }),
  parameters: z.strictObject(Reading).optional(),
  model: ModelName,
}).openapi("SimilarityRequest");

const TokenizeRequest = z.strictObject({
  inputs: Texts,
  add_special_tokens: z.boolean().default(true),
  model: ModelName,
}).openapi("TokenizeRequest");

const Token = z.object({
  id: z.number().int(),
  text: z.string(),
  special: z.boolean(),
  start: z.number().int().nullable(),
  stop: z.number().int().nullable(),
}).openapi("Token");

const DecodeRequest = z.strictObject({
  ids: z.union([z.array(z.number().int().min(0)), z.array(z.array(z.number().int().min(0)))]),
  skip_special_tokens: z.boolean().default(true),
  model: ModelName,
}).openapi("DecodeRequest");

/** The options of a pipeline for a request's. */
function reading(
  { truncate, prompt_name }: { readonly truncate?: boolean; readonly prompt_name?: string },
): { readonly truncation: boolean; readonly prompt_name?: string } {
  return { truncation: truncate ?? false, ...(prompt_name !== undefined && { prompt_name }) };
}

const sum = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/**
 * Adds the routes.
 *
 * @param app The application.
 * @param context Models and limits.
 */
export function addEmbeddingRoutes(app: OpenAPIHono<ServerEnv>, context: RouteContext): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/embed",
      summary: "Embeddings of texts",
      request: jsonBody(EmbedRequest),
      responses: jsonResult(z.array(Vector)),
    }),
    async (c) => {
      const { inputs, normalize, dimensions, model, ...rest } = c.req.valid("json");
      const options = { ...reading(rest), normalize };
      const { results, served } = await ask(context, c, {
        method: "embed",
        items: [inputs].flat(),
        options,
        model,
      });
      const vectors = (results as TextEmbedding[])
        .map(({ data }) => [...shortenVector(data, dimensions, served)]);
      return c.json(vectors, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/embed_all",
      summary: "A vector of each token of texts, without pooling",
      request: jsonBody(EmbedAllRequest),
      responses: jsonResult(z.array(z.array(Vector))),
    }),
    async (c) => {
      const { inputs, model, ...rest } = c.req.valid("json");
      const texts = [inputs].flat();
      assertVectors(texts, context.models.find("embed", model).model.info);
      const options = { ...reading(rest), pooling: "none", normalize: false };
      const question = { method: "embed" as const, items: texts, options, model };
      const { results } = await ask(context, c, question);
      const rows = (results as TextEmbedding[]).map(({ dims: [tokens, width], data }) =>
        Array.from(
          { length: tokens },
          (_, token) => [...data.subarray(token * width, (token + 1) * width)],
        )
      );
      return c.json(rows, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/similarity",
      summary: "Cosines of the embeddings of a sentence and others",
      request: jsonBody(SimilarityRequest),
      responses: jsonResult(z.array(z.number())),
    }),
    async (c) => {
      const { inputs: { source_sentence, sentences }, parameters = {}, model } = c.req.valid(
        "json",
      );
      const options = { ...reading(parameters), normalize: true };
      const { results } = await ask(context, c, {
        method: "embed",
        items: [source_sentence, ...sentences],
        options,
        model,
        places: ["source_sentence", ...sentences.keys()],
        counted: sentences.length,
      });
      const [source, ...others] = (results as TextEmbedding[]).map(({ data }) => data);
      return c.json(
        others.map((other) => other.reduce((sum, value, i) => sum + value * source[i], 0)),
        200,
      );
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/tokenize",
      summary: "The tokens of texts",
      request: jsonBody(TokenizeRequest),
      responses: jsonResult(z.array(z.array(Token))),
    }),
    async (c) => {
      const { inputs, add_special_tokens: addSpecialTokens, model } = c.req.valid("json");
      const texts = [inputs].flat();
      assertSize(sum(texts.map(({ length }) => length)), MOST_CHARACTERS, "characters");
      const items = texts.map((text) => ({ text, addSpecialTokens }));
      const { results } = await ask(context, c, { method: "tokenize", items, model });
      return c.json(results as z.infer<typeof Token>[][], 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/decode",
      summary: "The texts of token ids",
      request: jsonBody(DecodeRequest),
      responses: jsonResult(z.array(z.string())),
    }),
    async (c) => {
      const { ids, skip_special_tokens: skipSpecialTokens, model } = c.req.valid("json");
      const isBatch = ids.some(Array.isArray);
      const rows = (isBatch ? ids : ids.length === 0 ? [] : [ids]) as number[][];
      assertSize(sum(rows.map(({ length }) => length)), MOST_CHARACTERS, "ids");
      const items = rows.map((ids) => ({ ids, skipSpecialTokens }));
      const { results } = await ask(context, c, { method: "decode", items, model });
      return c.json(results as string[], 200);
    },
  );
}
