/**
 * Routes about the server itself.
 *
 * @module
 */
import { swaggerUI } from "@hono/swagger-ui";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import deno from "../../deno.json" with { type: "json" };
import type { RouteContext, ServerEnv } from "../context.ts";
import type { Metrics } from "../metrics.ts";
import { jsonResult } from "./schemas.ts";

/** Paths that need no key. */
export const OPEN_PATHS: readonly string[] = ["/health", "/metrics", "/openapi.json", "/docs"];

/**
 * Adds the routes.
 *
 * @param app The application.
 * @param context Models and limits.
 * @param metrics The metrics.
 */
export function addServiceRoutes(
  app: OpenAPIHono<ServerEnv>,
  context: RouteContext,
  metrics: Metrics,
): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/health",
      summary: "Whether all models are loaded: 200, otherwise 503",
      responses: jsonResult(z.object({ status: z.string() })),
    }),
    (c) => {
      context.models.assertReady();
      return c.json({ status: "ready" }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/info",
      summary: "The first model and the limits, as text-embeddings-inference tells them",
      responses: jsonResult(z.record(z.string(), z.unknown())),
    }),
    (c) => {
      const { name, model: { info } } = context.models.first;
      const { max_concurrent, max_texts, max_batch_tokens } = context.settings;
      return c.json({
        model_id: name,
        model_sha: info.revision ?? null,
        model_dtype: info.dtype,
        model_type: modelType(info),
        max_concurrent_requests: max_concurrent,
        max_input_length: info.maxLength,
        max_batch_tokens: Math.max(max_batch_tokens, info.maxLength),
        max_batch_requests: null,
        max_client_batch_size: max_texts,
        auto_truncate: false,
        tokenization_workers: 1,
        version: deno.version,
      }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/metrics",
      summary: "Metrics for Prometheus",
      responses: {
        200: {
          description: "The metrics",
          content: { "text/plain": { schema: z.string() } },
        },
      },
    }),
    async (c) => c.text(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "@lsg/core",
      version: deno.version,
      description: "Long-document transformers: the routes of the OpenAI API, of " +
        "text-embeddings-inference, and of pipelines.",
    },
  });
  app.get("/docs", swaggerUI({ url: "openapi.json" }));
}

function modelType(
  { task, pooling, labels }: {
    readonly task: string;
    readonly pooling?: string;
    readonly labels?: readonly string[];
  },
): object {
  if (task === "feature-extraction") return { embedding: { pooling } };
  if (!labels) return { [task]: {} };
  const id2label = Object.fromEntries(labels.map((label, id) => [id, label]));
  const label2id = Object.fromEntries(labels.map((label, id) => [label, id]));
  return { [labels.length === 1 ? "reranker" : "classifier"]: { id2label, label2id } };
}
