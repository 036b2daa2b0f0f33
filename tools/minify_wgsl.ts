/**
 * Shortens the WGSL in sources, which bundlers take for mere text.
 *
 * @module
 */

/** Comments, and ends of lines that the template leaves out. */
const COMMENTS = /\/\*[^]*?\*\/|\/\/[^\n]*|\\\n/g;

/** An opened comment that does not end in the same piece of text. */
const OPEN_COMMENT = /\/\*(?![^]*\*\/)|\/\/[^\n]*$/;

/**
 * Removes comments and white space from the template strings that are marked as WGSL.
 *
 * @param source TypeScript.
 * @returns TypeScript that makes shorter programs, which compute the same.
 * @throws {SyntaxError} If a comment contains an expression of the template.
 *
 * @example
 * ```ts
 * import { minifyWgsl } from "./minify_wgsl.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = "x = /* wgsl *\/ `\n  // A sum.\n  let y = a[${i}] + 1;\n`;";
 * assertEquals(minifyWgsl(source), "x = /* wgsl *\/ ` let y=a[${i}]+1; `;");
 * ```
 */
export function minifyWgsl(source: string): string {
  const marker = "/* wgsl */ `";
  let result = "";
  let at = 0;
  for (;;) {
    const start = source.indexOf(marker, at);
    if (start < 0) return result + source.slice(at);
    result += source.slice(at, start + marker.length);
    [result, at] = copyTemplate(source, start + marker.length, result);
  }
}

/** Copies a template from behind its backtick up to the one that ends it. */
function copyTemplate(source: string, at: number, result: string): [result: string, at: number] {
  for (let start = at;;) {
    if (source[at] === "\\") at += 2;
    else if (source[at] === "`" || source.startsWith("${", at)) {
      result += shorten(source.slice(start, at));
      if (source[at] === "`") return [result + "`", at + 1];
      [result, at] = copyExpression(source, at + 2, result + "${");
      start = at;
    } else if (++at >= source.length) throw new SyntaxError("A template does not end");
  }
}

/** Copies an expression of a template with its brace; the templates in it are WGSL, too. */
function copyExpression(source: string, at: number, result: string): [result: string, at: number] {
  for (let depth = 1; depth > 0;) {
    const character = source[at++];
    result += character;
    if (character === "{") depth++;
    else if (character === "}") depth--;
    else if (character === "`") [result, at] = copyTemplate(source, at, result);
  }
  return [result, at];
}

function shorten(text: string): string {
  if (OPEN_COMMENT.test(text)) {
    throw new SyntaxError(`Cannot shorten WGSL: an expression is in a comment: ${text.slice(-80)}`);
  }
  const code = text.replace(COMMENTS, " ");
  return code.replace(/\s+/g, (_, at: number) => {
    const end = code.slice(at).search(/\S|$/) + at;
    return at > 0 && end < code.length && isJoined(code[at - 1], code[end]) ? "" : " ";
  });
}

/** Whether two neighbours stay two without white space: not two names, nor two operators. */
function isJoined(left: string, right: string): boolean {
  const kinds = [left, right].map((character) =>
    /\w/.test(character) ? "name" : /[-+*/%&|^!~<>=]/.test(character) ? "operator" : "mark"
  );
  return kinds.includes("mark") || kinds[0] !== kinds[1];
}
