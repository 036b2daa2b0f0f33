/**
 * Routes of the OpenAI API that continue texts and conversations.
 *
 * @module
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Continued, ContinueItem } from "../../hosting/continue_text.ts";
import { ApiError, errorBody, toApiError } from "../api_error.ts";
import { ask, assertTexts, type RouteContext, type ServerEnv } from "../context.ts";
import { jsonBody, jsonResult } from "./schemas.ts";

/** A setting that has a default where it is absent or, as OpenAI's clients send it, null. */
function orDefault<Value>(schema: z.ZodType<Value>, value: Value) {
  return schema.nullish().transform((given) => given ?? value).openapi({ default: value });
}

/** Settings of sampling: 1 of OpenAI's `temperature` is the default, 0 takes the likeliest word. */
const Sampling = {
  model: z.string().optional(),
  temperature: orDefault(z.number().min(0).max(2), 1),
  top_p: orDefault(z.number().gt(0).max(1), 1),
  top_k: z.number().int().min(1).nullish(),
  repetition_penalty: z.number().gt(0).nullish(),
  seed: z.number().int().min(0).max(0xffff_ffff).nullish(),
  n: orDefault(z.number().int().min(1).max(16), 1),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  stream: orDefault(z.boolean(), false),
  stream_options: z.strictObject({ include_usage: z.boolean().default(false) }).nullish(),
  user: z.string().optional().openapi({ description: "Written to the log." }),
};

const CompletionRequest = z.strictObject({
  ...Sampling,
  prompt: z.union([z.string(), z.array(z.string())]),
  max_tokens: orDefault(z.number().int().min(1), 16),
  echo: orDefault(z.boolean(), false),
}).openapi("CompletionRequest");

const Message = z.strictObject({
  role: z.string(),
  content: z.union([
    z.string(),
    z.array(z.strictObject({ type: z.literal("text"), text: z.string() })),
  ]),
  name: z.string().optional(),
}).openapi("Message");

const ChatRequest = z.strictObject({
  ...Sampling,
  messages: z.array(Message),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
}).openapi("ChatRequest");

const Usage = z.object({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int(),
  total_tokens: z.number().int(),
});

const Completion = z.object({
  id: z.string(),
  object: z.string(),
  created: z.number().int(),
  model: z.string(),
  choices: z.array(z.record(z.string(), z.unknown())),
  usage: Usage,
});

type SamplingValues = z.infer<z.ZodObject<typeof Sampling>>;

/** The settings of `generate()` for those of a request. */
function settingsOf(
  { temperature, top_p, top_k, repetition_penalty, stop }: SamplingValues,
  seed: number | undefined,
): Record<string, unknown> {
  const stops = [stop ?? []].flat().filter((text) => text !== "");
  const sampling = temperature === 0
    ? { do_sample: false }
    : { do_sample: true, temperature, top_p, top_k: top_k ?? 0, seed };
  return {
    ...sampling,
    ...(repetition_penalty && { repetition_penalty }),
    ...(stops.length > 0 && { stop_strings: stops }),
  };
}

/** What the two routes differ in. */
interface Kind {
  readonly prefix: string;
  readonly object: string;
  readonly chunk: string;
  /** A choice of a whole answer. */
  choice(text: string, index: number): Record<string, unknown>;
  /** A choice of a piece of a streamed one. */
  piece(text: string, index: number, isFirst: boolean): Record<string, unknown>;
}

const COMPLETION: Kind = {
  prefix: "cmpl",
  object: "text_completion",
  chunk: "text_completion",
  choice: (text, index) => ({ text, index, logprobs: null }),
  piece: (text, index) => ({ text, index, logprobs: null }),
};

const CHAT: Kind = {
  prefix: "chatcmpl",
  object: "chat.completion",
  chunk: "chat.completion.chunk",
  choice: (content, index) => ({ index, message: { role: "assistant", content }, logprobs: null }),
  piece: (content, index, isFirst) => ({
    index,
    delta: { ...(isFirst && { role: "assistant" }), ...(content !== "" && { content }) },
    logprobs: null,
  }),
};

/** Texts to continue, each as often as it is asked for. */
interface Continuation {
  readonly kind: Kind;
  readonly items: readonly ContinueItem[];
  readonly values: SamplingValues;
  readonly most: number | undefined;
  /** What is put in front of each answer. */
  readonly echoes: readonly string[];
}

async function complete(
  context: RouteContext,
  c: Context<ServerEnv>,
  { kind, items, values, most, echoes }: Continuation,
): Promise<Response> {
  const { model: name, n, seed, stream, user } = values;
  if (values.stream_options && !stream) {
    throw new ApiError(422, "invalid_request", "Cannot use stream_options without stream: true");
  }
  const served = context.models.find("generate", name);
  const facts = c.get("facts");
  facts.user = user?.slice(0, 200);
  const head = {
    id: `${kind.prefix}-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: served.name,
  };
  assertTexts(items.length * n, context.settings.max_texts);
  const rows = items.flatMap((item) => Array<ContinueItem>(n).fill(item));
  // Without a seed the rows run together, with those of other requests.
  const optionsOf = (row: number) => ({
    ...settingsOf(values, typeof seed === "number" ? (seed + row) >>> 0 : undefined),
    ...(most !== undefined && { max_new_tokens: most }),
  });
  const controller = new AbortController();
  const signal = AbortSignal.any([facts.signal, controller.signal]);
  const answerRow = async (row: number, onText?: (text: string) => void): Promise<Continued> => {
    try {
      const { results: [result] } = await ask(context, c, {
        method: "generate",
        items: [rows[row]],
        options: optionsOf(row),
        model: served.name,
        signal,
        places: [Math.floor(row / n)],
      }, onText);
      return result as Continued;
    } catch (error) {
      // The other rows are of no use.
      controller.abort(error);
      throw error;
    }
  };
  const reason = ({ isEnded }: Continued) => isEnded ? "stop" : "length";
  if (!stream) {
    const texts = await Promise.all(rows.map((_, row) => answerRow(row)));
    const choices = texts.map((continued, i) => ({
      ...kind.choice(echoes[Math.floor(i / n)] + continued.text, i),
      finish_reason: reason(continued),
    }));
    return c.json({ ...head, object: kind.object, choices, usage: usageOf(texts, n) }, 200);
  }
  let end = () => {};
  facts.streaming = new Promise((resolve) => end = resolve);
  return streamSSE(c, async (sse) => {
    sse.onAbort(() => controller.abort());
    const send = (data: object) => sse.writeSSE({ data: JSON.stringify(data) });
    const chunk = (choices: object[]) => send({ ...head, object: kind.chunk, choices });
    try {
      // Pieces are written one after the other, though nobody waits for each.
      let written = Promise.resolve();
      const give = (row: number, text: string, isFirst: boolean, finish_reason: string | null) => {
        const choices = [{ ...kind.piece(text, row, isFirst), finish_reason }];
        return written = written.then(() => chunk(choices));
      };
      const texts = await Promise.all(rows.map(async (_, row) => {
        await give(row, echoes[Math.floor(row / n)], true, null);
        const onText = (text: string) => void give(row, text, false, null);
        const continued = await answerRow(row, onText);
        await give(row, "", false, reason(continued));
        return continued;
      }));
      if (values.stream_options?.include_usage) {
        await send({ ...head, object: kind.chunk, choices: [], usage: usageOf(texts, n) });
      }
      await sse.writeSSE({ data: "[DONE]" });
    } catch (error) {
      if (!sse.aborted && !facts.signal.aborted) {
        await send(errorBody(toApiError(error), c.req.path));
      }
    } finally {
      end();
    }
  });
}

/** Tokens of all texts; a prompt counts once, however many answers it has. */
function usageOf(texts: readonly Continued[], n: number): z.infer<typeof Usage> {
  const prompt_tokens = texts.filter((_, i) => i % n === 0)
    .reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  const completion_tokens = texts.reduce((sum, { newTokens }) => sum + newTokens, 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/**
 * Adds the routes.
 *
 * @param app The application.
 * @param context Models and limits.
 */
export function addCompletionRoutes(app: OpenAPIHono<ServerEnv>, context: RouteContext): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/completions",
      summary: "Texts that go on; with stream piece by piece, as events",
      request: jsonBody(CompletionRequest),
      responses: jsonResult(Completion),
    }),
    async (c) => {
      const { prompt, max_tokens: most, echo, ...values } = c.req.valid("json");
      const prompts = [prompt].flat();
      return await complete(context, c, {
        kind: COMPLETION,
        items: prompts.map((prompt) => ({ prompt })),
        values,
        most,
        echoes: prompts.map((prompt) => echo ? prompt : ""),
      }) as never;
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/chat/completions",
      summary: "The answer in a conversation; with stream piece by piece, as events",
      request: jsonBody(ChatRequest),
      responses: jsonResult(Completion),
    }),
    async (c) => {
      const { messages: given, max_tokens, max_completion_tokens, ...values } = c.req.valid("json");
      if (given.length === 0) {
        throw new ApiError(400, "invalid_request", "Cannot answer: messages is an empty list");
      }
      const messages = given.map(({ content, ...message }) => ({
        ...message,
        content: typeof content === "string" ? content : content.map(({ text }) => text).join(""),
      }));
      return await complete(context, c, {
        kind: CHAT,
        items: [{ messages }],
        values,
        most: max_completion_tokens ?? max_tokens ?? undefined,
        echoes: [""],
      }) as never;
    },
  );
}
