/**
 * Words with tags as tokens with labels.
 *
 * @module
 */
import { IGNORED } from "../losses.ts";
import { encodeText } from "./encode_text.ts";
import type { EncodedExample } from "./encoded_example.ts";
import type { EncoderSettings } from "./encoder_settings.ts";
import type { Fields } from "./fields.ts";
import type { LabelReader } from "./label_reader.ts";

/**
 * Encodes `{tokens: […], tags: […]}`: the words joined by spaces, as a text has them. The first token
 * of each word has its label, as in transformers' `run_ner`.
 *
 * @param settings Tokenizer and lengths.
 * @param fields The example.
 * @param labels Reads tags.
 * @returns Tokens with labels.
 * @throws {TypeError} If a field is missing or of the wrong type.
 * @throws {RangeError} If there are not as many tags as words, or a tag is unknown.
 */
export function encodeTags(
  settings: EncoderSettings,
  fields: Fields,
  labels: LabelReader,
): EncodedExample {
  const words = fields.texts("tokens");
  const tags = fields.list("tags");
  if (tags.length !== words.length) {
    throw new RangeError(
      `Cannot learn from ${
        fields.nameOf("tags")
      }: there are ${tags.length}, wanted one for each of ` +
        `${words.length} tokens`,
    );
  }
  const ids = tags.map((tag, i) =>
    tag === IGNORED ? IGNORED : labels.readClass(tag, fields.nameOf(`tags[${i}]`))
  );
  // Words of spaces alone have no tokens.
  const places = [...words.keys()].filter((i) => words[i].trim() !== "");
  const text = places.map((i) => words[i]).join(" ");
  const row = encodeText(settings, text, {
    most: settings.maxLength,
    where: fields.nameOf("tokens"),
  });
  const ends: number[] = [];
  for (const i of places) ends.push((ends.length > 0 ? ends.at(-1)! + 1 : 0) + words[i].length);
  let [word, labelled] = [0, -1];
  const tokenLabels = row.ids.map((_, token) => {
    if (row.special[token] === 1) return IGNORED;
    // A token may begin with the space before its word.
    let at = row.starts[token];
    while (at < row.ends[token] && text[at] === " ") at++;
    while (word < places.length && ends[word] <= at) word++;
    if (word === places.length || word === labelled) return IGNORED;
    labelled = word;
    return ids[places[word]];
  });
  return { rows: [row], tokenLabels };
}
