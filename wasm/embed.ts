/**
 * Embeddings.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";
import { list } from "./machine/layout.ts";

/** The sum of one row of each table, for each token; see cpu/embed.ts. */
export const embed: WasmKernel<"embed"> = oneCall("embed", {
  name: "embed",
  fields: {
    y: "usize",
    batch: "i32",
    tokens: "i32",
    width: "i32",
    lookups: list("Lookup", {
      ids: "usize",
      count: "i32",
      table: "usize",
      size: "i32",
      scale: "f32",
    }),
  },
}, ({ lookups }, y, shape) => ({
  y,
  ...shape,
  lookups: lookups.map(({ ids, count, scale, table: { address, size } }) => ({
    ids,
    count,
    table: address,
    size,
    scale,
  })),
}), ({ batch, tokens, width }) => ({ values: batch * tokens * width }));
