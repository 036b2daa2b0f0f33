/**
 * Examples that are token ids already.
 *
 * @module
 */
import { IGNORED } from "../losses.ts";
import type { EncodedExample, EncodedSequence } from "./encoded_example.ts";
import { encodeLabel } from "./encode_label.ts";
import type { EncoderSettings } from "./encoder_settings.ts";
import type { Fields } from "./fields.ts";
import type { LabelReader } from "./label_reader.ts";

/** Inputs that have a number for each token. */
const PER_TOKEN = {
  attention_mask: "mask",
  token_type_ids: "typeIds",
  global_attention_mask: "globals",
} as const;

/**
 * Reads `{input_ids: […], labels}` with transformers' names; of multiple choice `[choices][tokens]`.
 * Labels are ids; `label` is a synonym.
 *
 * @param settings Head and lengths.
 * @param fields The example.
 * @param labels Reads labels of whole sequences.
 * @returns The same, checked and cut if too long.
 * @throws {TypeError} If a field is missing or of the wrong type.
 * @throws {RangeError} If it is too long, or lists differ in length.
 */
export function encodeIds(
  settings: EncoderSettings,
  fields: Fields,
  labels: LabelReader,
): EncodedExample {
  const { head } = settings;
  if (head === "MultipleChoice") {
    const rows = fields.list("input_ids").map((_, choice) => readRow(settings, fields, choice));
    return { rows, label: fields.whole(fields.find("label", "labels")) };
  }
  const row = readRow(settings, fields);
  if (head === "QuestionAnswering") {
    return {
      rows: [row],
      answer: [fields.whole("start_positions"), fields.whole("end_positions")],
    };
  }
  if (head === "SequenceClassification") {
    return { rows: [row], label: encodeLabel(settings, fields, labels) };
  }
  if (head === "ConditionalGeneration") {
    return { rows: [row], targetIds: cutTarget(settings, fields, fields.wholeNumbers("labels")) };
  }
  if (head === "CausalLM" && !fields.has("labels")) {
    return { rows: [row], tokenLabels: row.ids.map((id, t) => row.mask[t] === 1 ? id : IGNORED) };
  }
  if (head === "MaskedLM" && !fields.has("labels")) return { rows: [row] };
  const tokenLabels = fields.wholeNumbers("labels");
  const { length } = fields.list("input_ids");
  if (tokenLabels.length === length) {
    return { rows: [row], tokenLabels: tokenLabels.subarray(0, row.ids.length) };
  }
  throw new RangeError(
    `Cannot learn from ${
      fields.nameOf("labels")
    }: there are ${tokenLabels.length}, wanted one for ` +
      `each of ${length} input_ids`,
  );
}

/**
 * Cuts what a decoder is to write.
 *
 * @param settings The length, and whether longer ones are cut.
 * @param fields The example, for errors.
 * @param ids The ids.
 * @returns At most `max_target_length` ids.
 * @throws {RangeError} If there are more and they are not to be cut.
 */
function cutTarget(
  { maxTargetLength, truncation }: EncoderSettings,
  fields: Fields,
  ids: Int32Array,
): Int32Array {
  if (ids.length > 0 && (ids.length <= maxTargetLength || truncation)) {
    return ids.subarray(0, maxTargetLength);
  }
  throw new RangeError(
    `Cannot learn from ${fields.nameOf("labels")}: it has ${ids.length} ids, wanted 1 … ` +
      `${maxTargetLength}, or truncation: true`,
  );
}

function readRow(
  { maxLength, truncation }: EncoderSettings,
  fields: Fields,
  choice?: number,
): EncodedSequence {
  const read = (name: string): Int32Array =>
    choice === undefined
      ? fields.wholeNumbers(name)
      : fields.wholeNumbers(`${name}[${choice}]`, fields.list(name)[choice]);
  const ids = read("input_ids");
  if (ids.length === 0) throw fields.wrong("input_ids", [], "at least one id");
  if (ids.length > maxLength && !truncation) {
    throw new RangeError(
      `Cannot learn from ${fields.nameOf("input_ids")}: it has ${ids.length} tokens, wanted at ` +
        `most ${maxLength}, or truncation: true`,
    );
  }
  const row: Record<string, Int32Array> = { ids: ids.subarray(0, maxLength) };
  for (const [name, key] of Object.entries(PER_TOKEN)) {
    if (!fields.has(name)) continue;
    const values = read(name);
    if (values.length !== ids.length) {
      throw new RangeError(
        `Cannot learn from ${
          fields.nameOf(name)
        }: there are ${values.length}, wanted one for each ` +
          `of ${ids.length} input_ids`,
      );
    }
    row[key] = values.subarray(0, maxLength);
  }
  return { mask: new Int32Array(row.ids.length).fill(1), ...row } as unknown as EncodedSequence;
}
