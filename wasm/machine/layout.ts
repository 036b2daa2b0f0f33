/**
 * The layout of a kernel's arguments in memory: 32-bit words, in an order from which
 * `deno task build:wasm` generates a class of wasm/assembly/arguments.ts.
 *
 * @module
 */
import { NUMBERS } from "./numbers.ts";

/** One of several values by name; absent is 0, the first one 1. */
export interface Choice<Value extends string = string> {
  /** Name of the enumeration in wasm/assembly. */
  readonly enumeration: string;
  /** The values in the order of their numbers. */
  readonly values: readonly Value[];
}

/** Any number of items; their number comes first, and nothing follows a list. */
export interface List<Item extends Layout = Layout> {
  /** Name of an item's class in wasm/assembly. */
  readonly itemName: string;
  /** The layout of an item. */
  readonly item: Item;
}

/** Type of a field: an address, a number, a choice, or a list. */
export type Field = "usize" | "i32" | "f32" | "f64" | Choice | List;

/** The fields in their order. */
export interface Layout {
  readonly [name: string]: Field;
}

/** The values of the fields. */
export type Arguments<Fields extends Layout> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Choice<infer Value> ? Value | undefined
    : Fields[Name] extends List<infer Item> ? readonly Arguments<Item>[]
    : number | boolean;
};

/** A kernel in WebAssembly: its name there, and its arguments. */
export interface Definition<Fields extends Layout = Layout> {
  /** The function's name, and in snake case its file's. */
  readonly name: keyof typeof NUMBERS;
  /** Its arguments. */
  readonly fields: Fields;
}

/** Bytes of memory from an address on. */
export type Range = readonly [address: number, bytes: number];

/** What an operation tells of itself, so that threads wait less for each other. */
export interface Manner {
  /** How many values it computes; absent: many. */
  readonly values?: number;
  /** The memory that it reads and writes; absent: it waits for all operations before it. */
  readonly touched?: { readonly reads: readonly Range[]; readonly writes: Range };
}

/** An operation as the kernels read it: a number, a count, and that many words. */
export interface Command extends Manner {
  /** The number of the kernel. */
  readonly operation: number;
  /** Its arguments. */
  readonly words: readonly number[];
}

/**
 * One of several values by name.
 *
 * @param enumeration Name of the enumeration in wasm/assembly.
 * @param values The values in the order of their numbers.
 * @returns The field.
 */
export function choice<Value extends string>(
  enumeration: string,
  values: readonly Value[],
): Choice<Value> {
  return { enumeration, values };
}

/**
 * Any number of items.
 *
 * @param itemName Name of an item's class in wasm/assembly.
 * @param item The layout of an item.
 * @returns The field.
 */
export function list<Item extends Layout>(itemName: string, item: Item): List<Item> {
  return { itemName, item };
}

/**
 * A call of a kernel.
 *
 * @param definition The kernel.
 * @param values The values of its arguments.
 * @returns The call as words.
 */
export function command<Fields extends Layout>(
  { name, fields }: Definition<Fields>,
  values: Arguments<Fields>,
): Command {
  const words: number[] = [];
  write(words, fields, values as Readonly<Record<string, unknown>>);
  return { operation: NUMBERS[name], words };
}

/** How a field is written, found once: a step of generation records hundreds of commands. */
type Writer = (words: number[], value: unknown, start: number) => void;

const writers = new WeakMap<Layout, readonly (readonly [name: string, write: Writer])[]>();

function write(words: number[], fields: Layout, values: Readonly<Record<string, unknown>>): void {
  const start = words.length;
  let each = writers.get(fields);
  if (!each) {
    each = Object.entries(fields).map(([name, field]) => [name, writerOf(field)] as const);
    writers.set(fields, each);
  }
  for (const [name, writeField] of each) writeField(words, values[name], start);
}

function writerOf(field: Field): Writer {
  if (field === "f64") {
    return (words, value, start) => {
      // Aligned as AssemblyScript aligns it: counted from the start of its class.
      if ((words.length - start) % 2 !== 0) words.push(0);
      words.push(...float64Words(value as number));
    };
  }
  if (field === "f32") return (words, value) => words.push(float32Word(value as number));
  if (typeof field === "string") return (words, value) => words.push(Number(value));
  if ("values" in field) {
    const numbers = new Map<unknown, number>(field.values.map((name, i) => [name, i + 1]));
    return (words, value) => words.push(numbers.get(value) ?? 0);
  }
  return (words, value) => {
    const items = value as readonly Readonly<Record<string, unknown>>[];
    words.push(items.length);
    for (const item of items) write(words, field.item, item);
  };
}

const bits = new DataView(new ArrayBuffer(8));

/** A number as the word of a float32. */
function float32Word(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

/** A number as the two words of a float64, the lower one first. */
function float64Words(value: number): [number, number] {
  bits.setFloat64(0, value, true);
  return [bits.getInt32(0, true), bits.getInt32(4, true)];
}
