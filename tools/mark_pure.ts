/**
 * Tells bundlers which statements of a script they may leave out.
 *
 * @module
 */

/** The parts of a syntax tree (ESTree) that are used. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // deno-lint-ignore no-explicit-any
  readonly [name: string]: any;
}

const WRAPPED = ["/*@__PURE__*/(()=>(", "))()"] as const;

/**
 * Gives each constant of a script a statement of its own, and marks those whose value a bundler takes
 * for the work of a function as free of side effects, which all modules here are as they are loaded.
 * So a page that uses a part of the script leaves out the rest.
 *
 * @param code The script, minified.
 * @param parse Parses a script.
 * @returns The script, which does the same.
 */
export function markPure(code: string, parse: (code: string) => SyntaxNode): string {
  let result = "";
  let at = 0;
  for (const statement of parse(code).body as SyntaxNode[]) {
    if (statement.type !== "VariableDeclaration") continue;
    result += code.slice(at, statement.start);
    for (const { start, end, init } of statement.declarations as SyntaxNode[]) {
      const [before, after] = !init || isPlain(init) ? ["", ""] : WRAPPED;
      const value = init ? before + code.slice(init.start, init.end) + after : "";
      result += `${statement.kind} ${code.slice(start, init?.start ?? end)}${value};`;
    }
    at = statement.end;
  }
  return result + code.slice(at);
}

/** Whether bundlers see that a value is made without side effects. */
function isPlain(node: SyntaxNode | null): boolean {
  if (node === null) return true;
  switch (node.type) {
    case "Literal":
    case "Identifier":
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return true;
    case "UnaryExpression":
      return isPlain(node.argument);
    case "ArrayExpression":
      return node.elements.every(isPlain);
    case "ObjectExpression":
      return node.properties.every(
        ({ type, computed, value }: SyntaxNode) =>
          type === "Property" && !computed && isPlain(value),
      );
    case "TemplateLiteral":
      return node.expressions.length === 0;
    default:
      return false;
  }
}
