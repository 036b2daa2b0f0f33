/**
 * Methods of tensors that change each value by itself.
 *
 * @module
 */
import { assertFloats, changeValues, operandOf } from "./change_values.ts";
import { convertValues, type TensorArrays, type TensorType } from "./convert_values.ts";
import { StoredTensor } from "./stored_tensor.ts";

/** One value of a tensor: a bigint for int64, else a number (0 or 1 for bool). */
export type TensorValue<Type extends TensorType> = TensorArrays[Type][number];

/** Makes a new value of a value, its position and all values. */
export type ValueChange<Type extends TensorType> = (
  value: TensorValue<Type>,
  i: number,
  data: TensorArrays[Type],
) => TensorValue<Type>;

/**
 * Arithmetic of tensors with a number, with transformers.js's names. A name that ends with `_`
 * changes the tensor in place and returns it; the other leaves it as it is.
 *
 * The type stays: what a type of integers cannot hold is an error, and leaves the tensor unchanged.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const logits = new Tensor("float32", [-2, 0, 2], [3]);
 * assertEquals(logits.mul(2).add(1).tolist(), [-3, 1, 5]);
 * assertEquals(logits.tolist(), [-2, 0, 2]);
 * logits.clamp_(-1, 1);
 * assertEquals(logits.tolist(), [-1, 0, 1]);
 * ```
 */
export abstract class TensorArithmetic<Type extends TensorType> extends StoredTensor<Type> {
  /** Copies the tensor, its values too. */
  abstract clone(): this;

  #change(change: (value: number) => number): this {
    changeValues(this.own(), this.type, change);
    return this;
  }

  /**
   * Applies a function to each value.
   *
   * @param change Called with a value, its position and all values; returns the new value.
   * @throws {TypeError} If a new value is not a number.
   * @throws {RangeError} If the type cannot hold a new value.
   */
  map(change: ValueChange<Type>): this {
    return this.clone().map_(change);
  }

  /** Same as {@linkcode TensorArithmetic.map}, in place. */
  map_(change: ValueChange<Type>): this {
    const data = this.own();
    const changed = Array.from<TensorValue<Type>, TensorValue<Type>>(
      data,
      (value, i) => change(value, i, data),
    );
    (data as Float32Array).set(convertValues(changed, this.type) as Float32Array);
    return this;
  }

  /**
   * Adds a number to each value.
   *
   * @param value A finite number.
   * @throws {TypeError} If it is not a number, or the values are booleans.
   * @throws {RangeError} If it is not finite, or the type cannot hold a result.
   */
  add(value: number | bigint): this {
    return this.clone().add_(value);
  }

  /** Same as {@linkcode TensorArithmetic.add}, in place. */
  add_(value: number | bigint): this {
    const term = operandOf(value, this.type);
    return this.#change((x) => x + term);
  }

  /**
   * Subtracts a number from each value.
   *
   * @param value A finite number.
   * @throws {TypeError} If it is not a number, or the values are booleans.
   * @throws {RangeError} If it is not finite, or the type cannot hold a result.
   */
  sub(value: number | bigint): this {
    return this.clone().sub_(value);
  }

  /** Same as {@linkcode TensorArithmetic.sub}, in place. */
  sub_(value: number | bigint): this {
    const term = operandOf(value, this.type);
    return this.#change((x) => x - term);
  }

  /**
   * Multiplies each value by a number.
   *
   * @param value A finite number.
   * @throws {TypeError} If it is not a number, or the values are booleans.
   * @throws {RangeError} If it is not finite, or the type cannot hold a result.
   */
  mul(value: number | bigint): this {
    return this.clone().mul_(value);
  }

  /** Same as {@linkcode TensorArithmetic.mul}, in place. */
  mul_(value: number | bigint): this {
    const factor = operandOf(value, this.type);
    return this.#change((x) => x * factor);
  }

  /**
   * Divides each value by a number.
   *
   * @param value A finite number, not 0.
   * @throws {TypeError} If it is not a number, or the values are not floats.
   * @throws {RangeError} If it is 0 or not finite.
   */
  div(value: number | bigint): this {
    return this.clone().div_(value);
  }

  /** Same as {@linkcode TensorArithmetic.div}, in place. */
  div_(value: number | bigint): this {
    assertFloats("divide", this.type);
    const divisor = this.#divisor(value);
    return this.#change((x) => x / divisor);
  }

  /**
   * Computes the remainder of a division of each value by a number, with that number's sign.
   *
   * @param value A finite number, not 0.
   * @throws {TypeError} If it is not a number, or the values are booleans.
   * @throws {RangeError} If it is 0 or not finite, or the type cannot hold a result.
   */
  remainder(value: number | bigint): this {
    return this.clone().remainder_(value);
  }

  /** Same as {@linkcode TensorArithmetic.remainder}, in place. */
  remainder_(value: number | bigint): this {
    const divisor = this.#divisor(value);
    return this.#change((x) => {
      const rest = x % divisor;
      const isOpposite = (rest < 0 && divisor > 0) || (rest > 0 && divisor < 0);
      return isOpposite ? rest + divisor : rest;
    });
  }

  #divisor(value: number | bigint): number {
    const divisor = operandOf(value, this.type);
    if (Number(divisor) === 0) throw new RangeError("Cannot divide by 0");
    return divisor;
  }

  /** Changes the sign of each value. */
  neg(): this {
    return this.clone().neg_();
  }

  /** Same as {@linkcode TensorArithmetic.neg}, in place. */
  neg_(): this {
    operandOf(0, this.type);
    return this.#change((x) => -x);
  }

  /**
   * Computes `1 / (1 + e⁻ˣ)` of each value.
   *
   * @throws {TypeError} If the values are not floats.
   */
  sigmoid(): this {
    return this.clone().sigmoid_();
  }

  /** Same as {@linkcode TensorArithmetic.sigmoid}, in place. */
  sigmoid_(): this {
    assertFloats("take the sigmoid of", this.type);
    return this.#change((x) => 1 / (1 + Math.exp(-x)));
  }

  /** Rounds each value to the nearest whole number; of two, to the larger. */
  round(): this {
    return this.clone().round_();
  }

  /** Same as {@linkcode TensorArithmetic.round}, in place. */
  round_(): this {
    return this.#change(this.type === "float32" ? Math.round : (x) => x);
  }

  /**
   * Moves values that are outside a range to its ends.
   *
   * @param minimum The smallest value that stays.
   * @param maximum The largest.
   * @throws {RangeError} If the minimum is not at most the maximum, or the type cannot hold it.
   */
  clamp(minimum: number, maximum: number): this {
    return this.clone().clamp_(minimum, maximum);
  }

  /** Same as {@linkcode TensorArithmetic.clamp}, in place. */
  clamp_(minimum: number, maximum: number): this {
    if (!(minimum <= maximum)) {
      throw new RangeError(`Cannot clamp from ${minimum} to ${maximum}: wanted a range`);
    }
    return this.#change((x) => x < minimum ? minimum : x > maximum ? maximum : x);
  }
}
