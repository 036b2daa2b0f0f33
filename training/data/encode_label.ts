/**
 * The label of a sequence.
 *
 * @module
 */
import { isRegression } from "../problem_type.ts";
import type { EncoderSettings } from "./encoder_settings.ts";
import type { Fields } from "./fields.ts";
import type { LabelReader } from "./label_reader.ts";

/**
 * Reads `label` or `labels` of a sequence that is classified.
 *
 * @param settings The model's config.
 * @param fields The example.
 * @param labels Reads labels.
 * @returns A class, a number of a regression, or a number for each label of the model.
 * @throws {TypeError} If the field is missing or of the wrong type.
 * @throws {RangeError} If there is no such label.
 */
export function encodeLabel(
  { config }: EncoderSettings,
  fields: Fields,
  labels: LabelReader,
): number | readonly number[] {
  const name = fields.find("label", "labels");
  const [value, field] = [fields.value(name), fields.nameOf(name)];
  if (Array.isArray(value) || config.raw.problem_type === "multi_label_classification") {
    return labels.readSeveral(value, field);
  }
  return isRegression(config) ? labels.readNumber(value, field) : labels.readClass(value, field);
}
