/**
 * A server of models, with the routes of the OpenAI API, of text-embeddings-inference, and of
 * pipelines. It needs the packages hono, `@hono/zod-openapi`, `@hono/swagger-ui`, zod, prom-client,
 * and in Node `@hono/node-server`.
 *
 * @module
 */
export { type ModelServer, startServer } from "./server.ts";
export type { ServedModelRequest, ServerSettings } from "./settings.ts";
