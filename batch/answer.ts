/**
 * Documents to answers, by the task of a batch.
 *
 * @module
 */
import type { Answered, HostedModel } from "../hosting/mod.ts";
import { methodsOf } from "../hosting/tasks.ts";
import type { Continued } from "../hosting/continue_text.ts";
import type { TextEmbedding } from "../pipelines/feature_extraction.ts";
import { ParametersError } from "./errors.ts";
import type { BatchDocument } from "./documents.ts";
import type { BatchPlan } from "./batch_plan.ts";

/** What became of a document. */
export type BatchRow =
  & {
    /** Id of the document. */
    readonly id: string;
  }
  & (
    | {
      /** Tokens that the model read. */
      readonly tokens: number;
      /** Whether tokens beyond the longest length were cut off. */
      readonly isCut?: boolean;
      /** Its embedding. */
      readonly embedding?: TextEmbedding;
      /** What the task's pipeline gives. */
      readonly result?: unknown;
      /** What the OpenAI API answers to a request. */
      readonly response?: object;
    }
    | {
      /** Why there is no result. */
      readonly error: { readonly type: string; readonly message: string };
      /** The answer of the OpenAI API that tells so. */
      readonly response?: object;
    }
  );

/** Answers a document. */
export type AnswerDocument = (
  document: BatchDocument,
  signal: AbortSignal,
) => Promise<BatchRow>;

/**
 * Makes the function that answers the documents of a batch. What a document is at fault for becomes
 * its error; anything else is thrown.
 *
 * @param plan The plan.
 * @param model Its model.
 * @returns The function.
 */
export function answerBy(
  { model: { task }, parameters }: BatchPlan,
  model: HostedModel,
): AnswerDocument {
  const [method] = methodsOf(task);
  const { question: ofAll, ...options } = parameters;
  const longest = model.info.maxLength;
  const itemOf = (content: unknown, { text_pair, question = ofAll }: Record<string, unknown>) => {
    const isText = typeof content === "string";
    if (task === "text-generation") return isText ? { prompt: content } : { messages: content };
    if (!isText) throw new TypeError("Cannot read it: it is a conversation, wanted a text");
    if (task === "question-answering") {
      if (typeof question === "string") return { question, context: content };
      throw new TypeError("Cannot answer it: wanted the field or parameter question");
    }
    if (task !== "text-classification" || typeof text_pair !== "string") return content;
    return { text: content, text_pair };
  };
  let tried: Promise<string | undefined> | undefined;
  /** What is wrong with any text, once asked with a short one. */
  const failureOfAll = (signal: AbortSignal) => {
    const item = itemOf(model.info.maskToken ?? "a", { question: "a" });
    const isWritten = method === "generate" || method === "write";
    const short = { ...(isWritten && { max_new_tokens: 1 }), ...options };
    return tried ??= model.run(method, [item], short, signal)
      .then(() => undefined, ({ message }) => message);
  };
  return async (document, signal) => {
    const { id } = document;
    let isAsked = false;
    try {
      if ("problem" in document) throw document.problem;
      const item = itemOf(document.content, document.row);
      isAsked = true;
      const [answer] = await model.run(method, [item], options, signal);
      return { id, ...describe(answer, longest), ...resultOf(task, answer.result) };
    } catch (error) {
      const fault = faultOf(error, signal);
      if (isAsked && await failureOfAll(signal) === (error as Error).message) {
        throw new ParametersError(`Cannot do this batch: ${fault.message}`, { cause: error });
      }
      return { id, error: fault };
    }
  };
}

function describe({ tokens, isCut }: Answered, longest: number) {
  return isCut ? { tokens: longest, isCut } : { tokens };
}

function resultOf(task: string, result: unknown) {
  if (task === "feature-extraction") return { embedding: result as TextEmbedding };
  if (task !== "text-generation") return { result };
  return { result: [{ generated_text: (result as Continued).text }] };
}

/** Tells a document's fault from others, which are thrown. */
function faultOf(error: unknown, signal: AbortSignal) {
  if (signal.aborted) throw signal.reason;
  const isOwn = error instanceof RangeError || error instanceof TypeError ||
    error instanceof SyntaxError;
  if (!isOwn) throw error;
  // Documents are asked one by one: their number in a call says nothing.
  return {
    type: error.name,
    message: error.message.replace("Cannot run input 0:", "Cannot run it:"),
  };
}
