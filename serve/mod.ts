/**
 * Models over HTTP, with the routes of the OpenAI API, of text-embeddings-inference, and of
 * pipelines: a server of their own, or a part of another one. Node needs the packages hono,
 * `@hono/node-server`, `@hono/zod-openapi`, `@hono/swagger-ui` and prom-client.
 *
 * @example
 * ```ts
 * import { type ServedModelRequest, startServer } from "@lsg/core/serve";
 * import { assertEquals } from "@std/assert";
 *
 * const models: ServedModelRequest[] = [
 *   // { name: "minilm", checkpoint: "sentence-transformers/all-MiniLM-L6-v2" },
 * ];
 * const server = await startServer({ models, port: 0 });
 * await server.ready;
 * const response = await fetch(`${server.url}/v1/models`);
 * assertEquals((await response.json()).data, []);
 * await server.stop();
 * ```
 *
 * @module
 */
import { needPackages } from "../base/need_packages.ts";
import type { ModelHandler, ModelServer } from "./server.ts";
import type { ServerSettings } from "./settings.ts";

export type { BackendName, DataType } from "../ops/backend.ts";
export type { HostedTask, ModelRequest } from "../hosting/mod.ts";
export type { ServedModelRequest, ServerSettings } from "./settings.ts";
export type { ModelHandler, ModelServer } from "./server.ts";

const PACKAGES = [
  "hono",
  "@hono/node-server",
  "@hono/swagger-ui",
  "@hono/zod-openapi",
  "zod",
  "prom-client",
];

const load = () => needPackages("serve", PACKAGES, import("./server.ts"));

/**
 * Loads models that answer requests of a server that exists: its middleware passes requests on to
 * `fetch`. Nothing listens.
 *
 * @param settings Models and limits; `hostname` and `port` are without effect.
 * @returns What answers requests; models are loaded when its `ready` resolves.
 * @throws {TypeError | RangeError} If a setting is unknown or wrong.
 * @throws {Error} If a package is not there.
 *
 * @example A part of a server
 * ```ts
 * import { createHandler, type ServedModelRequest } from "@lsg/core/serve";
 * import { assertEquals } from "@std/assert";
 *
 * const requests: ServedModelRequest[] = [
 *   // { name: "minilm", checkpoint: "sentence-transformers/all-MiniLM-L6-v2" },
 * ];
 * const models = await createHandler({ models: requests });
 * await models.ready;
 * // With hono: app.mount("/models", models.fetch)
 * const response = await models.fetch(new Request("http://localhost/health"));
 * assertEquals(await response.json(), { status: "ready" });
 * await models.stop();
 * ```
 */
export async function createHandler(settings: ServerSettings): Promise<ModelHandler> {
  return (await load()).createHandler(settings);
}

/**
 * Starts a server, which listens while it loads its models.
 *
 * @param settings Models, address, limits.
 * @returns The server; models are loaded when its `ready` resolves.
 * @throws {TypeError | RangeError} If a setting is unknown or wrong.
 * @throws {Error} If the port is taken, or a package is not there.
 *
 * @example
 * ```ts
 * import { type ServedModelRequest, startServer } from "@lsg/core/serve";
 * import { assertEquals } from "@std/assert";
 *
 * const models: ServedModelRequest[] = [
 *   // { name: "minilm", checkpoint: "sentence-transformers/all-MiniLM-L6-v2" },
 * ];
 * const server = await startServer({ models, hostname: "127.0.0.1", port: 0 }); // a free port
 * await server.ready;
 * const response = await fetch(`${server.url}/health`);
 * assertEquals(await response.json(), { status: "ready" });
 * await server.stop();
 * ```
 */
export async function startServer(settings: ServerSettings): Promise<ModelServer> {
  return await (await load()).startServer(settings);
}
