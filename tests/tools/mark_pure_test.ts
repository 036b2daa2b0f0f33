import { assertEquals } from "@std/assert";
import { markPure, type SyntaxNode } from "../../tools/mark_pure.ts";

/** A statement with the declarations of constants, as a parser gives it. */
function constants(code: string, names: readonly string[], types: readonly string[]): SyntaxNode {
  const declarations = names.map((name, i) => {
    const start = code.indexOf(`${name}=`);
    const next = names[i + 1];
    const end = next ? code.indexOf(`,${next}=`) : code.indexOf(";", code.indexOf("const"));
    const init = { type: types[i], start: start + name.length + 1, end, elements: [] };
    return { type: "VariableDeclarator", start, end, init };
  });
  const end = code.indexOf(";", code.indexOf("const")) + 1;
  return {
    type: "VariableDeclaration",
    kind: "const",
    start: code.indexOf("const"),
    end,
    declarations,
  };
}

Deno.test("markPure() parts constants, and marks those whose values are computed", () => {
  const code = "a();const b=1,c=f(2),d=[];export{c};";
  const types = ["Literal", "CallExpression", "ArrayExpression"];
  const body = [
    { type: "ExpressionStatement", start: 0, end: 4 },
    constants(code, ["b", "c", "d"], types),
    { type: "ExportNamedDeclaration", start: code.indexOf("export"), end: code.length },
  ];
  const marked = markPure(code, () => ({ type: "Program", start: 0, end: code.length, body }));
  assertEquals(
    marked,
    "a();const b=1;const c=/*@__PURE__*/(()=>(f(2)))();const d=[];export{c};",
  );
});

Deno.test("markPure() leaves a script without constants as it is", () => {
  const body = [{ type: "FunctionDeclaration", start: 0, end: 14 }];
  const parse = () => ({ type: "Program", start: 0, end: 14, body });
  assertEquals(markPure("function f(){}", parse), "function f(){}");
});
