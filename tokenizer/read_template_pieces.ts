import { showValue } from "../base/show_value.ts";
import { JsonPart } from "./json_part.ts";
import { countSpecialTokens, type Template, type TemplatePiece } from "./template.ts";
import { checkId } from "./token_models/vocabulary.ts";

/** Most times that a template repeats its texts, and its most special tokens. */
const MAX_TEXTS = 8;
const MAX_SPECIAL_TOKENS = 1000;

/**
 * Reads a post-processor that lists its pieces.
 *
 * @param part The post-processor.
 * @returns The template.
 * @throws {TypeError} If it is malformed.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readTemplatePieces(part: JsonPart): Template {
  return { single: readPieces(part, "single"), pair: readPieces(part, "pair") };
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
