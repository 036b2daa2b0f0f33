/**
 * Expressions that have been evaluated, in place of those that the engine would evaluate.
 *
 * @module
 */
import type { EngineValue } from "./engine.ts";
import { type Node, withParts } from "./syntax.ts";
import { itemsOf, type Value } from "./values.ts";

/** An expression that has been evaluated. */
export class Evaluated {
  /** Its kind, which the engine does not know. */
  readonly type = "Evaluated";

  /**
   * Keeps a value.
   *
   * @param value The value.
   */
  constructor(readonly value: EngineValue) {}
}

/**
 * Evaluates the arguments of a call, positional ones first.
 *
 * @param call The call.
 * @param run Evaluates an expression.
 * @param unpack Called with each value that is unpacked.
 * @returns The call with its arguments evaluated, but for literals: some filters ask for those.
 */
export function evaluateArguments(
  call: Node,
  run: (node: unknown) => EngineValue,
  unpack: (list: EngineValue) => void,
): Node {
  const args = [...call.args as Node[]];
  const hold = (i: number, part: string) => {
    const value = run(args[i][part]);
    args[i] = withParts(args[i], { [part]: new Evaluated(value) });
    return value;
  };
  const isKeyword = ({ type }: Node) => /^Keyword/.test(type);
  for (const keywords of [false, true]) {
    args.forEach((arg, i) => {
      if (isKeyword(arg) !== keywords) return;
      if (arg.type === "KeywordArgumentExpression") hold(i, "value");
      else if (/SpreadExpression$/.test(arg.type)) unpack(hold(i, "argument"));
      else if (arg.type !== "StringLiteral") {
        args[i] = new Evaluated(run(arg)) as unknown as Node;
      }
    });
  }
  return withParts(call, { args });
}

/**
 * Lists the values of a call's arguments.
 *
 * @param call A call that {@linkcode evaluateArguments} returned.
 * @returns The values, those that are unpacked one by one.
 */
export function argumentsOf(call: Node): Value[] {
  return ((call.args as Node[] | undefined) ?? []).flatMap((arg) => {
    if (arg instanceof Evaluated) return [arg.value];
    if (arg.type === "StringLiteral") return [arg as unknown as Value];
    const held = arg.value ?? arg.argument;
    if (!(held instanceof Evaluated)) return [];
    return arg.type === "KeywordArgumentExpression" ? [held.value] : itemsOf(held.value) ?? [];
  });
}
