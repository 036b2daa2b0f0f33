/**
 * What routes share: the models, and how a request asks them.
 *
 * @module
 */
import type { Context } from "hono";
import type { Method } from "../hosting/mod.ts";
import { ApiError } from "./api_error.ts";
import { type Answers, type ServedModel, type ServedModels, sumAnswers } from "./served_models.ts";
import type { ServerSettings } from "./settings.ts";

/** What is known of a request while it is answered. */
export interface RequestFacts {
  /** Its id, that of the client if it sent one. */
  requestId: string;
  /** Aborts when the client leaves. */
  signal: AbortSignal;
  /** Resolves when a streamed answer has ended; absent: the answer is whole. */
  streaming?: Promise<void>;
  /** For the log: model, texts, tokens, how many texts were cut. */
  model?: string;
  user?: string;
  texts?: number;
  tokens?: number;
  cut?: number;
}

/** Hono's types of this server. */
export interface ServerEnv {
  /** Variables of a request. */
  readonly Variables: { facts: RequestFacts };
}

/** A question to a model. */
export interface Question {
  /** What is asked. */
  readonly method: Method;
  /** The items. */
  readonly items: readonly unknown[];
  /** Options of the method. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Name of the model; absent: the first that can. */
  readonly model?: string;
  /** Cancels it; absent: when the client leaves. */
  readonly signal?: AbortSignal;
  /** Places of the items in the request, which errors and the header name; absent: as they are. */
  readonly places?: readonly (number | string)[];
  /** Texts that count against `max_texts`; absent: the items. */
  readonly counted?: number;
}

/** What routes need. */
export interface RouteContext {
  /** The models. */
  readonly models: ServedModels;
  /** Limits. */
  readonly settings: Required<Pick<ServerSettings, "max_texts" | "max_concurrent">> & {
    readonly max_batch_tokens: number;
  };
}

/**
 * Asks a model on behalf of a request, and tells log and client what was cut.
 *
 * @param context Models and limits.
 * @param c The request.
 * @param question What is asked.
 * @param onText Called with pieces of what `generate` writes.
 * @returns The answers, and the model that gave them.
 * @throws {ApiError} If there are no texts or too many, or no model can answer.
 */
export async function ask(
  { models, settings }: RouteContext,
  c: Context<ServerEnv>,
  { method, items, options = {}, model: name, signal, places, counted }: Question,
  onText?: (text: string) => void,
): Promise<Answers & { readonly served: ServedModel }> {
  const facts = c.get("facts");
  const served = models.find(method, name);
  assertTexts(counted ?? items.length, settings.max_texts);
  facts.model = served.name;
  facts.texts = (facts.texts ?? 0) + items.length;
  const answers = await served.model.run(method, items, options, signal ?? facts.signal, onText)
    .catch((error) => {
      throw places ? withPlace(error, places) : error;
    });
  const sum = sumAnswers(answers, served.model.info.maxLength);
  facts.tokens = (facts.tokens ?? 0) + sum.tokens;
  facts.cut = (facts.cut ?? 0) + sum.cut.length;
  if (sum.cut.length > 0) {
    c.header("x-truncated-inputs", sum.cut.map((item) => places?.[item] ?? item).join(","));
  }
  return { ...sum, served };
}

/**
 * Asserts that a request has texts, but not too many.
 *
 * @param count How many it has.
 * @param most Most texts of a request.
 * @param what What is counted, for the message.
 * @throws {ApiError} 400 otherwise.
 */
export function assertTexts(count: number, most: number, what = "texts"): void {
  if (count > 0 && count <= most) return;
  const message = count === 0
    ? "Cannot answer no texts: wanted at least one"
    : `Cannot answer ${count} ${what} at once: wanted at most ${most}`;
  throw new ApiError(400, "invalid_request", message);
}

/** An error that names the place of an item in the request, not in the call. */
function withPlace(error: unknown, places: readonly (number | string)[]): unknown {
  if (!(error instanceof RangeError)) return error;
  return new RangeError(
    error.message.replace(
      /^Cannot run input (\d+)/,
      (_, item) => `Cannot run input ${places[item]}`,
    ),
    { cause: error },
  );
}
