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

/** A tensor and its role in an operation. */
export class Operand<Role extends keyof Roles = keyof Roles> {
  /**
   * Gives a tensor a role.
   *
   * @param role The role.
   * @param tensor The tensor.
   */
  constructor(readonly role: Role, readonly tensor: Tensor) {}
}

/** An operand of plain rows. */
export const rows = (tensor: Floats): Operand<"rows"> => new Operand("rows", tensor);

/** An operand of plain rows that the operation changes in place. */
export const target = (tensor: Floats): Operand<"target"> => new Operand("target", tensor);

/** An operand whose values are treated alike, in whatever order a backend holds them. */
export const values = (tensor: Floats): Operand<"values"> => new Operand("values", tensor);

/** An operand in whatever order a backend holds it, which the operation changes in place. */
export const changed = (tensor: Floats): Operand<"changed"> => new Operand("changed", tensor);

/** Keys or values, plain, in half precision or in 8 bits. */
export const memory = (tensor: Floats): Operand<"memory"> => new Operand("memory", tensor);

/** The matrix of a linear layer. */
export const weight = (tensor: Floats): Operand<"weight"> => new Operand("weight", tensor);

/** A lookup table. */
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

/** The outline of a tensor of floats in half precision. */
export function halves(dims: readonly number[]): Outline<"float32"> {
  return { type: "float32", dims, held: "halves" };
}

/** The outline of a tensor of floats in 8 bits. */
export function bytes(dims: readonly number[], held: ByteForm): Outline<"float32"> {
  return { type: "float32", dims, held };
}

/** The outline of a tensor of floats. */
export function floats(dims: readonly number[]): Outline<"float32"> {
  return { type: "float32", dims };
}

/** The outline of a tensor of integers. */
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
