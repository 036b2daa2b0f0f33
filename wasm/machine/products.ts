/**
 * The ways of multiplying the integers of `dtype: "q8"`.
 *
 * @module
 */
import { showValue } from "../../base/show_value.ts";
import type { Kernels } from "./module.ts";

/**
 * A way of multiplying integers: bytes of rows as unsigned or as signed numbers, in the one
 * instruction that a processor has for it, or widened to words of 16 bits, on every engine. All
 * give the same sums.
 */
export type Products = "words" | "unsigned" | "signed";

/** Their numbers in wasm/assembly/byte_products.ts. */
export const PRODUCTS: Readonly<Record<Products, number>> = { words: 0, unsigned: 1, signed: 2 };

/**
 * Chooses a way that is exact on this engine, and sets it on an instance of the kernels.
 *
 * @param kernels The instance.
 * @param wanted A way; absent: the fastest.
 * @returns The way.
 * @throws {RangeError} If there is no such way, or it is not exact on this engine.
 */
export function chooseProducts(kernels: Kernels, wanted?: Products): Products {
  const found = kernels.findProducts();
  const fastest = (Object.keys(PRODUCTS) as Products[]).find((way) => PRODUCTS[way] === found)!;
  const products = wanted ?? fastest;
  if (!Object.hasOwn(PRODUCTS, products) || products !== fastest && products !== "words") {
    const ways = fastest === "words" ? '"words"' : `"${fastest}" or "words"`;
    throw new RangeError(
      `Cannot multiply integers as ${showValue(products)}: wanted ${ways} on this engine`,
    );
  }
  kernels.setProducts(PRODUCTS[products]);
  return products;
}
