import { showValue } from "../base/show_value.ts";
import { JsonPart } from "./json_part.ts";
import type { Readers } from "./readers.ts";
import { countSpecialTokens, type Template, type TemplatePiece } from "./template.ts";
import { checkId } from "./token_models/vocabulary.ts";

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
 * @param readers The reader of pieces, if there are any.
 * @returns The template; for null the one without special tokens.
 * @throws {TypeError} If the post-processor is malformed or of an unknown type.
 * @throws {RangeError} If an id is out of bounds.
 */
export function readTemplate(
  value: unknown,
  name: string,
  readers: Pick<Readers, "TemplateProcessing">,
): Template {
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
      return readers.TemplateProcessing!.readTemplatePieces(part);
    case "Sequence": {
      const parts = part.list("processors").map((step) => readTemplate(step, name, readers));
      const layouts = parts.filter(({ single }) => single !== PLAIN.single);
      const { single, pair } = layouts.pop() ?? PLAIN;
      // Python's tokenizers would lay out again what has its special tokens.
      if (layouts.some((step) => countSpecialTokens([...step.single, ...step.pair]) > 0)) {
        part.fail("processors has a processor after one that adds special tokens; wanted one");
      }
      const trim = parts.find((step) => step.trim)?.trim;
      return { single, pair, trim };
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
