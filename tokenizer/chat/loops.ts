/**
 * Blocks and loops of a template.
 *
 * @module
 */
import { type EngineValue, Environment, ObjectValue, toEngine, UNDEFINED } from "./engine.ts";
import type { Node } from "./syntax.ts";
import { isUndefined } from "./values.ts";
import { STEP, type WorkBudget } from "./work_budget.ts";

/** Evaluates a statement or an expression. */
export type Run = (node: unknown, scope: Environment) => EngineValue;

/** Work of a turn of a loop, whose `loop` has nine values. */
const TURN = 8 * STEP;

/** Leaves a turn of a loop, or the loop; what was written before stays. */
export class LoopControl extends Error {
  /** What the turn has written. */
  text = "";

  /**
   * Makes one.
   *
   * @param kind What it leaves.
   */
  constructor(readonly kind: "Break" | "Continue") {
    super(`${kind.toLowerCase()} outside of a loop`);
  }
}

/**
 * Runs statements.
 *
 * @param statements The statements.
 * @param scope Where they run.
 * @param run Runs one.
 * @returns What they write.
 */
export function runBlock(statements: unknown, scope: Environment, run: Run): string {
  let text = "";
  try {
    for (const statement of statements as Node[]) text += run(statement, scope).value ?? "";
  } catch (error) {
    if (error instanceof LoopControl) error.text = text + error.text;
    throw error;
  }
  return text;
}

/**
 * Runs a loop; each turn has a scope of its own.
 *
 * @param node The loop.
 * @param scope Where it runs.
 * @param run Runs statements and expressions.
 * @param budget Pays for the turns.
 * @returns What it writes.
 */
export function runLoop(node: Node, scope: Environment, run: Run, budget: WorkBudget): string {
  const given = node.iterable as Node;
  const isSelect = given.type === "SelectExpression";
  const items = itemsToLoop(run(isSelect ? given.lhs : given, scope), budget);
  const scopeOf = (item: EngineValue) => {
    budget.spend(TURN);
    const inner = new Environment(scope);
    assign(inner, node.loopvar as Node, item);
    return inner;
  };
  const kept = isSelect
    ? items.filter((item) => run(given.test, scopeOf(item)).__bool__().value)
    : items;
  let text = "";
  for (const [i, item] of kept.entries()) {
    const inner = scopeOf(item);
    inner.setVariable("loop", describeTurn(kept, i));
    try {
      text += runBlock(node.body, inner, run);
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error;
      text += error.text;
      if (error.kind === "Break") break;
    }
  }
  return kept.length === 0 ? runBlock(node.defaultBlock, scope, run) : text;
}

/** What a loop goes through: items, keys of an object, characters of a text. */
function itemsToLoop(given: EngineValue, budget: WorkBudget): EngineValue[] {
  const { type, value } = given;
  if (Array.isArray(value)) return value;
  if (isUndefined(given)) return [];
  const isText = typeof value === "string";
  if (!isText && !(value instanceof Map)) throw new TypeError(`a ${type} has no items`);
  budget.spend(2 * STEP * (isText ? value.length : value.size));
  return (isText ? [...value] : [...value.keys()]).map(toEngine);
}

function assign(scope: Environment, target: Node, item: EngineValue): void {
  if (target.type === "Identifier") {
    scope.setVariable(target.value as string, item);
    return;
  }
  const names = target.value as Node[];
  const parts = item.value;
  if (!Array.isArray(parts) || parts.length !== names.length) {
    throw new TypeError(`a loop cannot take ${names.length} values from each item`);
  }
  names.forEach((name, i) => assign(scope, name, parts[i]));
}

function describeTurn(items: EngineValue[], i: number): EngineValue {
  const entry = (name: string, value: unknown): [string, EngineValue] => [name, toEngine(value)];
  return new ObjectValue(
    new Map([
      entry("index", i + 1),
      entry("index0", i),
      entry("revindex", items.length - i),
      entry("revindex0", items.length - i - 1),
      entry("first", i === 0),
      entry("last", i === items.length - 1),
      entry("length", items.length),
      ["previtem", items[i - 1] ?? UNDEFINED],
      ["nextitem", items[i + 1] ?? UNDEFINED],
    ]),
  );
}
