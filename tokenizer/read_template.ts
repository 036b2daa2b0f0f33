import { showValue } from "../base/show_value.ts";
import { JsonPart } from "./json_part.ts";
import { countSpecialTokens, type Template, type TemplatePiece } from "./template.ts";
import { checkId } from "./token_models/vocabulary.ts";

/** Most times that a template repeats its texts, and its most special tokens. */
const MAX_TEXTS = 8;
const MAX_SPECIAL_TOKENS = 1000;

/** Texts without special tokens. */
const PLAIN: Template = {
  single: [{ sequence: 0, typeId: 0 }],
  pair: [{ sequence: 0, typeId: 0 }, { sequence: 1, typeId: 1 }],
};

/**
 * Reads the post-processor of a tokenizer.json.
 *
 * @param value The value of `post_processor`.
 * @param name Its name in messages.
 * @returns The template; for null the one without special tokens.
 * @throws {TypeError} If the post-processor is malformed or of an unknown type.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readTemplate(value: unknown, name: string): Template {
  if (value === null || value === undefined) return PLAIN;
  const part = new JsonPart(value, name);
  const type = part.get("type");
  switch (type) {
    case "ByteLevel":
      return { ...PLAIN, trim: readTrim(part) };
    case "RobertaProcessing":
      return { ...readClsAndSep(part, true), trim: readTrim(part) };
    case "BertProcessing":
      return readClsAndSep(part, false);
    case "TemplateProcessing":
      return { single: readPieces(part, "single"), pair: readPieces(part, "pair") };
    case "Sequence": {
      const parts = part.list("processors").map((step) => readTemplate(step, name));
      const last = parts.findLast(({ single }) => countSpecialTokens(single) > 0) ?? PLAIN;
      const trim = parts.find((step) => step.trim)?.trim;
      return { single: last.single, pair: last.pair, trim };
    }
    default:
      return part.fail(
        `got type ${showValue(type)}; wanted RobertaProcessing, BertProcessing, ` +
          "TemplateProcessing, ByteLevel or a Sequence of those",
      );
  }
}

function readTrim(part: JsonPart): Template["trim"] {
  const addPrefixSpace = part.boolean("add_prefix_space", false);
  return part.boolean("trim_offsets", false) ? { addPrefixSpace } : undefined;
}

/** RoBERTa has a single token type, and two separators between the texts. */
function readClsAndSep(part: JsonPart, isRoberta: boolean): Pick<Template, "single" | "pair"> {
  const special = [readPlainToken(part, "sep")];
  const end = { special, typeId: 0 };
  const single = [{ special: [readPlainToken(part, "cls")], typeId: 0 }, PLAIN.single[0], end];
  const second = isRoberta ? 0 : 1;
  const rest: TemplatePiece[] = [{ sequence: 1, typeId: second }, { special, typeId: second }];
  return { single, pair: [...single, ...(isRoberta ? [end] : []), ...rest] };
}

/** Reads the id of `["</s>", 2]`. */
function readPlainToken(part: JsonPart, key: "cls" | "sep"): number {
  const [token, id] = part.list(key);
  if (typeof token !== "string") {
    return part.fail(`${key} is ${showValue(part.get(key))}; wanted [token, id]`);
  }
  checkId(id, token, part.name);
  return id;
}

/** Reads pieces: `{"SpecialToken": {"id": "[CLS]", "type_id": 0}}`, or the same with "Sequence". */
function readPieces(part: JsonPart, key: "single" | "pair"): TemplatePiece[] {
  const pieces = part.list(key).map((value): TemplatePiece => {
    const piece = new JsonPart(value, `a piece of ${key} in ${part.name}`);
    const special = piece.get("SpecialToken");
    const content = new JsonPart(special ?? piece.get("Sequence"), piece.name);
    const typeId = content.count("type_id");
    if (special !== undefined) {
      return { special: readSpecialToken(part, content.string("id")), typeId };
    }
    const sequence = content.oneOf("id", ["A", "B"]) === "A" ? 0 : 1;
    if (sequence === 1 && key === "single") piece.fail("it is the text B; wanted A alone");
    return { sequence, typeId };
  });
  const texts = pieces.filter((piece) => "sequence" in piece).length;
  if (texts > MAX_TEXTS) part.fail(`${key} has ${texts} texts; wanted at most ${MAX_TEXTS}`);
  const specials = countSpecialTokens(pieces);
  if (specials > MAX_SPECIAL_TOKENS) {
    part.fail(`${key} has ${specials} special tokens; wanted at most ${MAX_SPECIAL_TOKENS}`);
  }
  return pieces;
}

/** Reads the ids of `{"[CLS]": {"id": "[CLS]", "ids": [101], "tokens": ["[CLS]"]}}`. */
function readSpecialToken(part: JsonPart, token: string): number[] {
  const all = new JsonPart(part.get("special_tokens"), `special_tokens in ${part.name}`);
  const special = new JsonPart(all.get(token), `${showValue(token)} of ${all.name}`);
  return special.list("ids").map((id) => {
    checkId(id, token, special.name);
    return id;
  });
}
