/**
 * The description of an operation: its operands with their roles and its shape rule. How it is
 * differentiated is in ops/gradients/, which only training imports.
 *
 * Letters in all of ops/: `b` batch, `t` tokens, `n` rows of any kind, `h` heads, `d` width of a
 * head, `w = h·d` width of a row, `e` entries of a sparse list.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor of 32-bit floats. */
export type Floats = Tensor<"float32">;

/** A tensor of 32-bit integers. */
export type Integers = Tensor<"int32">;

/** The type that a backend's kernels receive for an operand of each role. */
export interface Roles {
  /** Plain floats, row-major: activations, biases, the weights of norms. */
  readonly rows: unknown;
  /** Keys or values, which may be held in half precision or in 8 bits. */
  readonly memory: unknown;
  /** The matrix of a linear layer, which a backend may hold packed. */
  readonly weight: unknown;
  /** A lookup table, which a backend may hold packed. */
  readonly table: unknown;
  /** Row indices; the shape rule has checked that they are in range. */
  readonly indices: unknown;
  /** Zeros and ones; the shape rule has checked that. */
  readonly mask: unknown;
  /** Plain floats that the kernel changes in place. */
  readonly target: unknown;
  /** Floats that are treated alike, in whatever order a backend holds them. */
  readonly values: unknown;
  /** Floats in whatever order a backend holds them, which the kernel changes in place. */
  readonly changed: unknown;
  /** A new tensor that the kernel fills. */
  readonly result: unknown;
}

/**
 * A tensor and its role in an operation. {@linkcode rows} and its siblings make operands of most
 * roles; {@linkcode indices} and {@linkcode mask} check the values first.
 *
 * @example An operation of one's own: its description, and its kernel on the CPU
 * ```ts
 * import { CpuRunner } from "@lsg/core/cpu";
 * import { type Floats, floats, Operand, type Operation } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * type Clip = (x: Floats, most: number) => Floats;
 * const clip: Operation<Clip, { readonly x: Operand<"rows"> }, { readonly most: number }> = {
 *   name: "clip",
 *   plan(x, most) {
 *     if (!(most > 0)) throw new RangeError(`clip: got ${most}, wanted a number above 0`);
 *     return { operands: { x: new Operand("rows", x) }, shape: { most }, result: floats(x.dims) };
 *   },
 * };
 * // Kernels of the CPU get an operand's values, and return those of the result.
 * const kernel = ({ x }: { x: Float32Array }, { most }: { most: number }) =>
 *   x.map((value) => Math.min(value, most));
 *
 * using backend = new CpuRunner({ clip: kernel });
 * const x = backend.floats(new Float32Array([1, 5]), [2]);
 * assertEquals([...await backend.run(clip, x, 3).getData()], [1, 3]);
 * assertThrows(() => backend.run(clip, x, -1), RangeError);
 * ```
 */
export class Operand<Role extends keyof Roles = keyof Roles> {
  /**
   * Gives a tensor a role.
   *
   * @param role The role.
   * @param tensor The tensor.
   */
  constructor(readonly role: Role, readonly tensor: Tensor) {}
}

/**
 * An operand of plain rows.
 *
 * @param tensor The rows, `[…, w]`.
 * @returns The operand.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { add, rows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Tensor("float32", [1, 2], [1, 1, 2]);
 * assertEquals(add.plan(x, x).operands, { x: rows(x), y: rows(x) });
 * ```
 */
export const rows = (tensor: Floats): Operand<"rows"> => new Operand("rows", tensor);

/**
 * An operand of plain rows that the operation changes in place.
 *
 * @param tensor The rows, `[…, w]`.
 * @returns The operand.
 *
 * @example `writeRows` changes a cache in place, and only reads what it writes there
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { rows, target, writeRows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const cache = backend.empty([1, 4, 2]);
 * const row = backend.floats(new Float32Array(2), [1, 1, 2]);
 * const index = backend.integers(new Int32Array([3]), [1, 1]);
 * const { operands } = writeRows.plan(cache, index, row);
 * assertEquals([operands.x, operands.y], [target(cache), rows(row)]);
 * ```
 */
export const target = (tensor: Floats): Operand<"target"> => new Operand("target", tensor);

/**
 * An operand whose values are treated alike, in whatever order a backend holds them.
 *
 * @param tensor The values, `[…]`.
 * @returns The operand.
 *
 * @example The order does not matter for a sum
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { sumSquares, values } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const gradient = new Tensor("float32", [1, 2, 3, 4], [2, 2]);
 * assertEquals(sumSquares.plan(gradient).operands, { x: values(gradient) });
 * ```
 */
export const values = (tensor: Floats): Operand<"values"> => new Operand("values", tensor);

/**
 * An operand in whatever order a backend holds it, which the operation changes in place.
 *
 * @param tensor The values, `[…]`.
 * @returns The operand.
 *
 * @example `weightGradient` adds to a sum, which is held as the weights are, in place
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { changed, rows, weightGradient } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [dy, x] = [2, 3].map((width) => backend.floats(new Float32Array(width), [1, width]));
 * const sum = backend.like(backend.weight(new Float32Array(6), [2, 3]));
 * const { operands } = weightGradient.plan(dy, x, sum);
 * assertEquals(operands, { dy: rows(dy), x: rows(x), sum: changed(sum) });
 * ```
 */
export const changed = (tensor: Floats): Operand<"changed"> => new Operand("changed", tensor);

/**
 * Keys or values, plain, in half precision or in 8 bits.
 *
 * @param tensor The keys or values, `[b, n, keyHeads·d]`.
 * @returns The operand.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { attend, everything, memory } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Tensor("float32", [1, 2], [1, 2, 1]);
 * const source = { keys: x, values: x, first: 0, count: 2, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 2, sources: [source] }];
 * const { operands } = attend.plan(x, parts, { heads: 1 });
 * assertEquals(operands.parts[0].sources[0].keys, memory(x));
 * ```
 */
export const memory = (tensor: Floats): Operand<"memory"> => new Operand("memory", tensor);

/**
 * The matrix of a linear layer, which a backend may hold packed or quantized.
 *
 * @param tensor The matrix, `[out, in]`.
 * @returns The operand.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { linear, rows, weight } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Tensor("float32", [1, 2], [1, 2]);
 * const matrix = new Tensor("float32", [1, 2, 3, 4, 5, 6], [3, 2]);
 * const { operands } = linear.plan(x, matrix);
 * assertEquals([operands.x, operands.weight], [rows(x), weight(matrix)]);
 * ```
 */
export const weight = (tensor: Floats): Operand<"weight"> => new Operand("weight", tensor);

/**
 * A lookup table, which a backend may hold packed.
 *
 * @param tensor The table, `[rows, w]`.
 * @returns The operand.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { embed, table } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const words = backend.weight(new Float32Array(6), [3, 2]);
 * const ids = backend.integers(new Int32Array([2, 0]), [1, 2]);
 * const { operands } = embed.plan([{ ids, table: words }]);
 * assertEquals(operands.lookups[0].table, table(words));
 * ```
 */
export const table = (tensor: Floats): Operand<"table"> => new Operand("table", tensor);

/** Type and dimensions of a tensor that an operation will fill. */
export interface Outline<Type extends "float32" | "int32" = "float32" | "int32"> {
  /** The type of its values. */
  readonly type: Type;
  /** Its dimensions. */
  readonly dims: readonly number[];
  /** How its floats are held; absent: as 32-bit floats. */
  readonly held?: HeldForm;
}

/** How keys or values are held: as halves, or as bytes with a step for each head of a row. */
export type HeldForm = "halves" | ByteForm;

/** The layout of bytes with a step for each head of a row. */
export interface ByteForm {
  /** Heads of a row. */
  readonly heads: number;
  /** Values of a head. */
  readonly width: number;
}

/**
 * The outline of a tensor of floats in half precision.
 *
 * @param dims Its dimensions.
 * @returns The outline.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { halve, halves } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Tensor("float32", [1, 2], [1, 2, 1]);
 * assertEquals(halve.plan(keys).result, halves([1, 2, 1]));
 * ```
 */
export function halves(dims: readonly number[]): Outline<"float32"> {
  return { type: "float32", dims, held: "halves" };
}

/**
 * The outline of a tensor of floats in 8 bits.
 *
 * @param dims Its dimensions, `[b, n, heads·width]`.
 * @param held Heads of a row, each of which has a step, and their width.
 * @returns The outline.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { bytes, quantizeHeads } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new Tensor("float32", new Float32Array(8), [1, 2, 4]);
 * const { result } = quantizeHeads.plan(keys, { heads: 2 });
 * assertEquals(result, bytes([1, 2, 4], { heads: 2, width: 2 }));
 * ```
 */
export function bytes(dims: readonly number[], held: ByteForm): Outline<"float32"> {
  return { type: "float32", dims, held };
}

/**
 * The outline of a tensor of floats.
 *
 * @param dims Its dimensions.
 * @returns The outline.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { floats, linear } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Tensor("float32", new Float32Array(8), [1, 4, 2]);
 * const matrix = new Tensor("float32", new Float32Array(6), [3, 2]);
 * assertEquals(linear.plan(x, matrix).result, floats([1, 4, 3]));
 * ```
 */
export function floats(dims: readonly number[]): Outline<"float32"> {
  return { type: "float32", dims };
}

/**
 * The outline of a tensor of integers.
 *
 * @param dims Its dimensions.
 * @returns The outline.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { floats, integers, topScores } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = new Tensor("float32", new Float32Array(20), [2, 10]);
 * const { result } = topScores.plan(scores, 3);
 * assertEquals([result.values, result.indices], [floats([2, 3]), integers([2, 3])]);
 * ```
 */
export function integers(dims: readonly number[]): Outline<"int32"> {
  return { type: "int32", dims };
}

/** The result of an operation: a tensor, several by name, or nothing if it works in place. */
export type Result = Tensor | { readonly [name: string]: Tensor } | void;

/** The outlines of a result. */
export type OutlineOf<Made> = Made extends Tensor<infer Type>
  ? Outline<Type & ("float32" | "int32")>
  : Made extends object ? { readonly [Name in keyof Made]: OutlineOf<Made[Name]> }
  : undefined;

/** One call of an operation, checked. */
export interface Plan<Operands, Shape, Made> {
  /** The operands; lists and objects of them may be nested. */
  readonly operands: Operands;
  /** Sizes and settings, as kernels receive them. */
  readonly shape: Shape;
  /** The outlines of what the operation makes; a tensor that it changed in place instead. */
  readonly result: OutlineOf<Made> | (Made extends Tensor ? Made : never);
}

/** The method of any operation. */
// deno-lint-ignore no-explicit-any -- a constraint: each operation has arguments of its own
export type AnyCall = (...args: any[]) => Result;

/**
 * An operation, the same for all backends.
 *
 * @typeParam Call The method as models see it.
 * @typeParam Operands The operands in their roles.
 * @typeParam Shape Sizes and settings.
 */
export interface Operation<Call extends AnyCall = AnyCall, Operands = unknown, Shape = unknown> {
  /** The method's name, and that of its kernels. */
  readonly name: string;
  /**
   * Checks the arguments of a call and gives each operand its role.
   *
   * @throws {TypeError} If the shapes do not fit each other.
   * @throws {RangeError} If a size, an index or a setting is out of range.
   */
  readonly plan: (...args: Parameters<Call>) => Plan<Operands, Shape, ReturnType<Call>>;
}

/** Operands as the kernels of a backend receive them. */
export type Bound<Value, Meaning extends Roles> = Value extends Operand<infer Role> ? Meaning[Role]
  : Value extends Outline ? Meaning["result"]
  : Value extends readonly (infer Item)[] ? readonly Bound<Item, Meaning>[]
  : Value extends object ? { readonly [Name in keyof Value]: Bound<Value[Name], Meaning> }
  : Value;
