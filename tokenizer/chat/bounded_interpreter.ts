/**
 * Runs chat templates within bounds, and as Python does.
 *
 * @module
 */
import {
  ArrayValue,
  type EngineFunction,
  type EngineNode,
  type EngineValue,
  Environment,
  FunctionValue,
  Interpreter,
  parse,
  toEngine,
  tokenize,
  UNDEFINED,
} from "./engine.ts";
import { argumentsOf, evaluateArguments, Evaluated } from "./evaluated.ts";
import { LoopControl, runBlock, runLoop } from "./loops.ts";
import { payForMethod } from "./method_work.ts";
import { charactersOf, lengthOf, TEXT_FILTERS, TEXT_METHODS } from "./python_texts.ts";
import { range } from "./range.ts";
import { inspectTemplate, type Node, type ParsedTemplate, withParts } from "./syntax.ts";
import { isEqual, isUndefined, itemsOf, measure, textOf, type Value } from "./values.ts";
import { checkTemplateLength, STEP, WorkBudget } from "./work_budget.ts";

/** Expressions whose value is new: its characters and items are paid for. */
const MAKING = new Set(
  ("Program If For CallExpression CallStatement FilterExpression FilterStatement BinaryExpression " +
    "ArrayLiteral TupleLiteral ObjectLiteral").split(" "),
);

/** Filters of texts, to which Python turns whatever it is given. */
const OF_TEXTS = new Set(
  "upper lower trim title capitalize replace indent string".split(" "),
);

/** Filters of what is undefined; others take that for an empty list. */
const OF_UNDEFINED = new Set("default int float safe tojson".split(" "));

/** How many arguments without names the engine reads of a filter, which may take more. */
const MOST_ARGUMENTS = new Map([["join", 1], ["int", 1], ["tojson", 0]]);

/** Arguments with names that the engine does not read. */
const UNREAD = new Map([
  ["join", ["d", "attribute"]],
  ["int", ["base"]],
  ["default", ["default_value"]],
]);

/** Work of a call, which has a scope of its own. */
const CALL = 6 * STEP;

/** Most characters of a text. */
const MAX_TEXT = 2 ** 26;

/** Counts the work of each step before it is done. */
class BoundedInterpreter extends Interpreter {
  readonly #budget: WorkBudget;
  readonly #template: ParsedTemplate;
  /** The text that was indexed last. */
  #indexed: { readonly text: string; readonly characters: string | string[] } = {
    text: "",
    characters: "",
  };

  constructor(scope: Environment, budget: WorkBudget, template: ParsedTemplate) {
    super(scope);
    this.#budget = budget;
    this.#template = template;
  }

  override evaluate(given: EngineNode, scope: Environment): EngineValue {
    if (given instanceof Evaluated) return given.value;
    const node = given as unknown as Node | undefined;
    this.#budget.enter();
    this.#budget.spend(STEP);
    try {
      // The first of no items.
      const value = this.#evaluate(node, scope) ?? UNDEFINED;
      if (node && MAKING.has(node.type)) this.#payFor(value);
      return node && this.#template.printed.has(node) ? this.#print(value) : value;
    } finally {
      this.#budget.leave();
    }
  }

  #evaluate(node: Node | undefined, scope: Environment): EngineValue {
    switch (node?.type) {
      case "Identifier":
        return this.#lookUp(node.value as string, scope);
      case "Program":
        return toEngine(runBlock(node.body, scope, this.#run));
      case "If": {
        const isTrue = this.#run(node.test, scope).__bool__().value;
        return toEngine(runBlock(isTrue ? node.body : node.alternate, scope, this.#run));
      }
      case "For":
        return toEngine(runLoop(node, scope, this.#run, this.#budget));
      case "Break":
      case "Continue":
        throw new LoopControl(node.type);
      case "BinaryExpression":
        return this.#combine(node, scope);
      case "FilterExpression":
        return this.#filter(node, this.#run(node.operand, scope), scope);
      case "FilterStatement":
        return this.#filter(node, this.#block(node, scope), scope);
      case "MemberExpression":
        return this.#member(node, scope);
      case "TestExpression":
        return this.#test(node, scope);
      case "Set":
        if (node.value) return this.#base(node, scope);
        return this.#base(
          withParts(node, { value: new Evaluated(this.#block(node, scope)) }),
          scope,
        );
      case "CallExpression":
        this.#budget.spend(CALL);
        return this.#base(this.#evaluated(node, scope), scope);
      case "CallStatement":
        this.#budget.spend(STEP * this.#template.sizes.get(node)!);
        return this.#base(
          withParts(node, { call: this.#evaluated(node.call as Node, scope) }),
          scope,
        );
      case "Macro":
        this.#budget.spend(STEP * this.#template.sizes.get(node)!);
        return this.#base(node, scope);
      default:
        return this.#base(node, scope);
    }
  }

  /** Evaluates by the engine, whose steps come back to `evaluate`. */
  #base(node: Node | undefined, scope: Environment): EngineValue {
    return super.evaluate(node as unknown as EngineNode, scope);
  }

  readonly #run = (node: unknown, scope: Environment): EngineValue =>
    this.evaluate(node as EngineNode, scope);

  /** What the statements in a node write. */
  #block({ body }: Node, scope: Environment): EngineValue {
    return this.#run({ type: "Program", body }, scope);
  }

  /** A call with its arguments evaluated; lists that are unpacked are paid for. */
  #evaluated(call: Node, scope: Environment): Node {
    return evaluateArguments(call, (node) => this.#run(node, scope), (list) => this.#payFor(list));
  }

  #payFor(value: EngineValue): void {
    const { value: text } = value;
    if (typeof text === "string") {
      return this.#budget.spend(text.length > MAX_TEXT ? Infinity : text.length);
    }
    this.#budget.spend(2 * STEP * (itemsOf(value)?.length ?? 0));
  }

  /** What stands in the text for a value. */
  #print(value: EngineValue): EngineValue {
    return isUndefined(value) || typeof value.value === "string"
      ? value
      : toEngine(textOf(value, this.#budget));
  }

  #lookUp(name: string, scope: Environment): EngineValue {
    for (let at: Environment | undefined = scope; at; at = at.parent) {
      const value = at.variables.get(name);
      if (value) return value;
      this.#budget.spend(1);
    }
    return UNDEFINED;
  }

  #combine(node: Node, scope: Environment): EngineValue {
    const operator = (node.operator as { value: string }).value;
    if (operator === "and" || operator === "or") return this.#base(node, scope);
    const [left, right] = [this.#run(node.left, scope), this.#run(node.right, scope)];
    const budget = this.#budget;
    switch (operator) {
      case "==":
        return toEngine(isEqual(left, right, budget));
      case "!=":
        return toEngine(!isEqual(left, right, budget));
      case "~":
        return toEngine(textOf(left, budget) + textOf(right, budget));
      case "+":
        if (typeof left.value === "string" !== (typeof right.value === "string")) {
          const other = typeof left.value === "string" ? right : left;
          throw new TypeError(`a text and a value of type ${other.type} cannot be added`);
        }
        break;
      case "/":
      case "//":
      case "%":
        if (right.value === 0) throw new RangeError("a number cannot be divided by 0");
        if (operator === "%") return this.#remainder(node, left, right, scope);
        break;
      case "in":
      case "not in":
        if (Array.isArray(right.value)) {
          const found = right.value.some((item: EngineValue) => isEqual(left, item, budget));
          return toEngine(found === (operator === "in"));
        }
        if (typeof right.value === "string" && typeof left.value === "string") {
          payForMethod(right, "find", [left], budget);
        }
    }
    return this.#calculate(node, left, right, scope);
  }

  #calculate(node: Node, left: EngineValue, right: EngineValue, scope: Environment): EngineValue {
    const held = { left: new Evaluated(left), right: new Evaluated(right) };
    return this.#base(withParts(node, held), scope);
  }

  /** The remainder has the sign of what divides. */
  #remainder(node: Node, left: EngineValue, right: EngineValue, scope: Environment): EngineValue {
    const rest = this.#calculate(node, left, right, scope);
    const isOther = Number(rest.value) * Number(right.value) < 0;
    const plus = withParts(node, { operator: { value: "+" } });
    return isOther ? this.#calculate(plus, rest, right, scope) : rest;
  }

  #test(node: Node, scope: Environment): EngineValue {
    const operand = this.#run(node.operand, scope);
    const name = (node.test as Node).value;
    const isSo = operand.type === "ObjectValue" && name === "iterable" ||
      typeof operand.value === "boolean" && name === "number";
    if (isSo) return toEngine(node.negate !== true);
    return this.#base(withParts(node, { operand: new Evaluated(operand) }), scope);
  }

  #filter(node: Node, given: EngineValue, scope: Environment): EngineValue {
    const call = node.filter as Node;
    const isCall = call.type === "CallExpression";
    const name = (isCall ? call.callee as Node : call).value as string;
    const isText = typeof given.value === "string";
    const budget = this.#budget;
    if (!isText && OF_TEXTS.has(name)) given = toEngine(textOf(given, budget));
    else if (isText && name.endsWith("attr") || isUndefined(given) && !OF_UNDEFINED.has(name)) {
      given = toEngine([]);
    } else if (name === "int" && typeof given.value === "number") {
      given = toEngine(Math.trunc(given.value));
    }
    const filter = isCall ? this.#evaluated(call, scope) : call;
    const args = argumentsOf(filter);
    checkArguments(name, filter, args);
    payForMethod(given, name, args, budget);
    if (typeof given.value === "string") {
      if (name === "length") return toEngine(lengthOf(given.value));
      const convert = TEXT_FILTERS.get(name);
      if (convert) return toEngine(convert(given.value, lettersOf(name, args)));
    } else if (name === "join" && Array.isArray(given.value)) {
      given = new ArrayValue(given.value.map((item) => toEngine(textOf(item, budget))));
    }
    return this.#base({ type: "FilterExpression", operand: new Evaluated(given), filter }, scope);
  }

  /** The characters of a text, which loops ask for one after the other. */
  #charactersOf(text: string): string | string[] {
    if (this.#indexed.text !== text) {
      this.#budget.spend(4 * text.length);
      this.#indexed = { text, characters: charactersOf(text) };
    }
    return this.#indexed.characters;
  }

  #member(node: Node, scope: Environment): EngineValue {
    const object = this.#run(node.object, scope);
    if (isUndefined(object)) throw new TypeError("what is undefined has no parts");
    const isSlice = (node.property as Node).type === "SliceExpression";
    if (isSlice) {
      const length = typeof object.value === "string" ? object.value.length : undefined;
      this.#budget.spend(4 * (length ?? itemsOf(object)?.length ?? 0));
    }
    const isComputed = node.computed === true && !isSlice;
    const property = isComputed
      ? new Evaluated(this.#run(node.property, scope))
      : node.property as Node;
    const held = withParts(node, { object: new Evaluated(object), property });
    if (typeof object.value === "string" && property instanceof Evaluated) {
      const index = property.value.value;
      if (typeof index === "number") {
        return toEngine(this.#charactersOf(object.value).at(index));
      }
    }
    const value = this.#base(held, scope);
    const name = (property instanceof Evaluated ? property.value.value : property.value) as string;
    const isOwn = object.value instanceof Map && object.value.has(name);
    if (value.type !== "FunctionValue" || isOwn) return value;
    // A method, which may be called later.
    return new FunctionValue((args, at) => {
      payForMethod(object, name, args, this.#budget);
      const convert = typeof object.value === "string" ? TEXT_METHODS.get(name) : undefined;
      const result = convert
        ? toEngine(convert(object.value as string, lettersOf(name, args)))
        : (value.value as EngineFunction)(args, at);
      this.#payFor(result);
      return result;
    });
  }
}

/** Refuses arguments of filters that the engine would not read. */
function checkArguments(name: string, { args: nodes = [] }: Node, args: readonly Value[]): void {
  const names = (nodes as Node[]).flatMap(({ type, key }) =>
    type === "KeywordArgumentExpression" ? [(key as Node).value as string] : []
  );
  const unread = names.find((given) => UNREAD.get(name)?.includes(given));
  if (unread !== undefined) {
    throw new TypeError(`the argument ${unread} of the filter ${name} is not supported`);
  }
  if (args.length - names.length > (MOST_ARGUMENTS.get(name) ?? Infinity)) {
    throw new TypeError(`so many arguments of the filter ${name} are not supported`);
  }
  if (!/^(select|reject)attr$/.test(name)) return;
  if (String(args[0]?.value).includes(".") || args[1]?.value === "undefined") {
    throw new TypeError(`a path, or the test undefined, of the filter ${name} is not supported`);
  }
}

/** The letters that a text is to lose, which some methods and filters are given. */
function lettersOf(name: string, args: readonly Value[]): string | undefined {
  const [letters] = args;
  if (letters === undefined || letters.type === "NullValue") return undefined;
  if (typeof letters.value === "string") return letters.value;
  throw new TypeError(`${name} wants a text of letters, not a value of type ${letters.type}`);
}

/**
 * Parses a template.
 *
 * @param template The template.
 * @returns Its parsed form.
 * @throws {RangeError} If it is too long.
 * @throws If it is malformed.
 */
export function parseTemplate(template: string): ParsedTemplate {
  checkTemplateLength(template);
  const tokens = tokenize(template.replace(/\r\n?/g, "\n"), {
    lstrip_blocks: true,
    trim_blocks: true,
  });
  return inspectTemplate(parse(tokens) as unknown as Node);
}

/**
 * Runs a template.
 *
 * @param template The template.
 * @param variables Plain data, and functions.
 * @returns The text.
 * @throws {RangeError} If it does too much work.
 * @throws If it fails.
 */
export function runTemplate(
  template: ParsedTemplate,
  variables: Readonly<Record<string, unknown>>,
): string {
  const { messages } = variables;
  const scope = new Environment();
  const values = Object.entries(variables).map(([name, value]) => scope.set(name, value));
  const unlimited = new WorkBudget(Infinity);
  const given = values.map((value) => measure(value, unlimited).characters);
  const work = given.reduce((sum, characters) => sum + characters, 0);
  const budget = new WorkBudget(work, Array.isArray(messages) ? messages.length : 0);
  scope.setVariable(
    "range",
    new FunctionValue((args) => {
      const numbers = range(args.map(({ value }) => value));
      budget.spend(2 * STEP * numbers.length);
      return new ArrayValue(numbers.map(toEngine));
    }),
  );
  const interpreter = new BoundedInterpreter(scope, budget, template);
  return interpreter.run(template.program as unknown as Parameters<Interpreter["run"]>[0])
    .value as string;
}
