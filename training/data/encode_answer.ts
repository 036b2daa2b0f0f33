/**
 * A question, its context and an answer as SQuAD has them.
 *
 * @module
 */
import { isJsonObject } from "../../base/json.ts";
import { showValue } from "../../base/show_value.ts";
import { encodeText } from "./encode_text.ts";
import type { EncodedExample } from "./encoded_example.ts";
import type { EncoderSettings } from "./encoder_settings.ts";
import type { Fields } from "./fields.ts";

/**
 * Encodes `{question, context, answers: {text: […], answer_start: […]}}`. The first answer counts. No
 * answer, or one that was cut off, is the first token, as in transformers' `run_qa`.
 *
 * @param settings Tokenizer and lengths.
 * @param fields The example.
 * @returns Tokens, and the first and last one of the answer.
 * @throws {TypeError} If a field is missing or of the wrong type.
 * @throws {RangeError} If the answer is not where it is said to be.
 */
export function encodeAnswer(settings: EncoderSettings, fields: Fields): EncodedExample {
  const context = fields.text("context");
  const question = fields.text("question");
  if (question.trim() === "") throw fields.wrong("question", question, "a text that is not empty");
  const row = encodeText(settings, question, {
    text_pair: context,
    strategy: "only_second",
    most: settings.maxLength,
    where: fields.nameOf("context"),
  });
  const found = findAnswer(fields, context);
  if (!found) return { rows: [row], answer: [0, 0] };
  const [start, end] = found;
  // The context's tokens follow the question's, and offsets begin again with them.
  const { starts, ends, special } = row;
  const isText = (token: number) => special[token] === 0;
  let behind = special.indexOf(0);
  while (behind < starts.length && isText(behind)) behind++;
  const tokens = [...starts.keys()].filter((token) => token > behind && isText(token));
  const first = tokens.findLast((token) => starts[token] <= start);
  const last = tokens.find((token) => ends[token] >= end);
  const isCut = first === undefined || last === undefined;
  return { rows: [row], answer: isCut ? [0, 0] : [first, last] };
}

/** Start and end of the first answer in the context, in UTF-16 code units; undefined: there is none. */
function findAnswer(fields: Fields, context: string): [number, number] | undefined {
  const answers = fields.value("answers");
  const [text, at] = Array.isArray(answers)
    ? [answers[0]?.text, answers[0]?.answer_start]
    : isJsonObject(answers)
    ? [first(answers.text), first(answers.answer_start)]
    : [answers, answers];
  if (
    (Array.isArray(answers) && answers.length === 0) || (text === undefined && isEmpty(answers))
  ) {
    return undefined;
  }
  if (typeof text !== "string" || text.trim() === "" || !Number.isInteger(at) || at < 0) {
    throw fields.wrong("answers", answers, '{"text": ["…"], "answer_start": [0]}');
  }
  // SQuAD counts code points.
  const start = [...context].slice(0, at).join("").length;
  const found = [start, at].find((place) => context.startsWith(text, place));
  if (found !== undefined) {
    const spaces = text.length - text.trimStart().length;
    return [found + spaces, found + text.trimEnd().length];
  }
  throw new RangeError(
    `Cannot learn from ${fields.nameOf("answers")}: ${
      showValue(text)
    } is not at ${at} of context, ` +
      `but ${showValue(context.slice(start, start + text.length))}`,
  );
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : list;
}

function isEmpty(answers: unknown): boolean {
  return isJsonObject(answers) && Array.isArray(answers.text) && answers.text.length === 0;
}
