/**
 * The template engine: the one module that imports it.
 *
 * @module
 */
import { Environment, type Interpreter } from "@huggingface/jinja";

export { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/** A value of the engine. */
export type EngineValue = ReturnType<Interpreter["evaluate"]>;

/** A statement or an expression of the engine. */
export type EngineNode = Parameters<Interpreter["evaluate"]>[0];

/** A function of the engine. */
export type EngineFunction = (args: EngineValue[], scope: Environment) => EngineValue;

type Maker<Content> = new (content: Content) => EngineValue;

/** Class of texts. */
const StringValue: Maker<string> = maker("");

/** Class of whole numbers. */
const IntegerValue: Maker<number> = maker(0);

/** Class of true and false. */
const BooleanValue: Maker<boolean> = maker(true);

/** Class of lists. */
export const ArrayValue: Maker<EngineValue[]> = maker([]);

/** Class of functions. */
export const FunctionValue: Maker<EngineFunction> = maker(() => null);

/** Class of objects. */
export const ObjectValue: Maker<Map<string, EngineValue>> = maker({});

/** What is undefined. */
export const UNDEFINED: EngineValue = convert(undefined);

/**
 * Makes a value of the engine.
 *
 * @param value Plain data, or a function of plain data.
 * @returns The value.
 */
export function toEngine(value: unknown): EngineValue {
  if (typeof value === "string") return new StringValue(value);
  if (typeof value === "boolean") return new BooleanValue(value);
  return Number.isInteger(value) ? new IntegerValue(value as number) : convert(value);
}

/** Makes a value as the engine does, by a scope. */
function convert(value: unknown): EngineValue {
  return new Environment().set("value", value);
}

function maker<Content>(example: unknown): Maker<Content> {
  return convert(example).constructor as Maker<Content>;
}
