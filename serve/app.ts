/**
 * The application: what happens to every request, and the routes.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { Admission } from "./admission.ts";
import { ApiError, errorBody, toApiError } from "./api_error.ts";
import { checkKeys } from "./api_keys.ts";
import type { RequestFacts, RouteContext, ServerEnv } from "./context.ts";
import { Metrics } from "./metrics.ts";
import { parseBody, readBody } from "./read_body.ts";
import { addClassificationRoutes } from "./routes/classification.ts";
import { addCompletionRoutes } from "./routes/completions.ts";
import { addOpenAiRoutes } from "./routes/openai.ts";
import { addServiceRoutes, OPEN_PATHS } from "./routes/service.ts";
import { addTaskRoute } from "./routes/tasks.ts";
import { addEmbeddingRoutes } from "./routes/text_embeddings.ts";
import type { ServedModels } from "./served_models.ts";
import { BATCH_TOKENS, BODIES, SERVER_DEFAULTS, type ServerSettings } from "./settings.ts";

/** An id that a client gives its request is kept if it is of this form. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What an application is made of. */
export interface AppParts {
  /** The models, loaded or not. */
  readonly models: ServedModels;
  /** Limits, keys, origins, log. */
  readonly settings: ServerSettings;
  /** Whether the metrics tell of the process, too: of one application that lives as long. */
  readonly processMetrics: boolean;
}

/**
 * Makes the application of a server.
 *
 * @param parts Models and settings.
 * @returns The application, whose `fetch` answers requests, and its metrics.
 */
export function createApp(
  { models, settings: given, processMetrics }: AppParts,
): { readonly app: OpenAPIHono<ServerEnv>; readonly metrics: Metrics } {
  const settings = { ...SERVER_DEFAULTS, max_batch_tokens: BATCH_TOKENS, ...defined(given) };
  const app = new OpenAPIHono<ServerEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new ApiError(422, "invalid_request", describe(result.error));
    },
  });
  const admission = new Admission(
    settings.max_concurrent,
    BODIES * settings.max_body,
    () => models.backlogSeconds,
  );
  const metrics = new Metrics(() => admission.held, processMetrics);
  const context: RouteContext = { models, settings };
  const requireKey = checkKeys(settings.api_keys ?? []);

  app.use(async (c, next) => {
    const started = performance.now();
    const sent = c.req.header("x-request-id");
    const facts: RequestFacts = {
      requestId: sent !== undefined && REQUEST_ID.test(sent) ? sent : crypto.randomUUID(),
      signal: c.req.raw.signal,
    };
    c.set("facts", facts);
    const { method, path } = c.req;
    await next();
    c.header("x-request-id", facts.requestId);
    const seconds = (performance.now() - started) / 1000;
    const { status } = c.res;
    const isKnown = app.routes.some((route) => route.path === path && route.method === method);
    metrics.noteRequest({ route: isKnown ? path : "other", status, seconds });
    const { signal: _, streaming, ...told } = facts;
    settings.log?.(JSON.stringify({
      time: new Date().toISOString(),
      level: status >= 500 ? "error" : status >= 400 ? "warning" : "info",
      method,
      path: path.slice(0, 200),
      status,
      seconds: Number(seconds.toFixed(4)),
      ...told,
      ...(streaming && { streams: true }),
      ...(c.error && { error: c.error.message.slice(0, 500) }),
    }));
  });
  if (settings.cors_origins && settings.cors_origins.length > 0) {
    app.use(cors({
      origin: settings.cors_origins.includes("*") ? "*" : [...settings.cors_origins],
      allowHeaders: ["Authorization", "Content-Type", "X-Request-Id"],
      exposeHeaders: ["X-Request-Id", "X-Truncated-Inputs", "Retry-After"],
      maxAge: 600,
    }));
  }
  app.use(async (c, next) => {
    if (!OPEN_PATHS.includes(c.req.path)) requireKey(c.req.header("authorization"));
    await next();
  });
  app.use(async (c, next) => {
    if (c.req.method !== "POST") return await next();
    models.assertReady();
    const place = admission.enter();
    try {
      await takeBody(c, settings, place.add);
      await next();
    } finally {
      const { streaming } = c.get("facts");
      if (streaming) void streaming.finally(place.leave);
      else place.leave();
    }
  });

  addServiceRoutes(app, context, metrics);
  addOpenAiRoutes(app, context);
  addCompletionRoutes(app, context);
  addEmbeddingRoutes(app, context);
  addClassificationRoutes(app, context);
  addTaskRoute(app, context);
  app.notFound((c) => {
    const message = `There is no ${c.req.method} ${c.req.path.slice(0, 200)} here: see /docs`;
    return respond(c, new ApiError(404, "not_found", message));
  });
  app.onError((error, c) => {
    const { signal } = c.get("facts");
    if (signal.aborted) return new Response(null, { status: 499 });
    return respond(c, error instanceof HTTPException ? fromHono(error) : toApiError(error));
  });
  return { app, metrics };
}

/** Reads and checks the body within the limits, and puts it back for the route. */
async function takeBody(
  c: Context<ServerEnv>,
  limits: { readonly max_body: number; readonly body_timeout: number },
  onBytes: (count: number) => void,
): Promise<void> {
  const type = c.req.header("content-type");
  const isJson = type !== undefined && /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type);
  const bytes = await readBody(c.req.raw, limits, onBytes);
  if (!isJson) {
    throw new ApiError(
      415,
      "invalid_request",
      `Cannot read a body of the type ${JSON.stringify(type?.slice(0, 100) ?? "")}: wanted ` +
        "application/json",
    );
  }
  parseBody(bytes);
  const { url, method, headers } = c.req.raw;
  c.req.raw = new Request(url, { method, headers, body: bytes });
}

function respond(c: Context<ServerEnv>, error: ApiError): Response {
  if (error.retryAfter !== undefined) c.header("retry-after", String(error.retryAfter));
  if (error.status === 401) c.header("www-authenticate", "Bearer");
  return c.json(errorBody(error, c.req.path), error.status as 400);
}

function fromHono(error: HTTPException): ApiError {
  return new ApiError(
    error.status,
    error.status >= 500 ? "internal" : "invalid_request",
    error.message,
  );
}

/** The first fault that a schema finds. */
function describe(
  { issues }: { readonly issues: readonly { path: PropertyKey[]; message: string }[] },
): string {
  const [{ path, message }] = issues;
  const where = path.map(String).join(".");
  return where === "" ? `Cannot read the body: ${message}` : `Cannot read ${where}: ${message}`;
}

function defined<Values extends object>(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Values;
}
