/** The gradients of every attention pattern beside central differences, in float64. */
import { assert, assertGreater } from "@std/assert";
import { checkDifferences } from "../helpers/differences.ts";
import { TRAINED_ATTENTIONS, visible } from "../helpers/trained_attentions.ts";

for (const { name, dims, compute, tokens, globals, hasOwnMasks } of TRAINED_ATTENTIONS) {
  Deno.test(`gradients of attention: ${name}`, async () => {
    const [, dKey, dValue] = await checkDifferences(dims, compute, dims.length + tokens);
    if (hasOwnMasks) return;
    // Masked keys and values have no gradient, exactly.
    const [, rows, width] = dims[1];
    let masked = 0;
    visible(tokens).forEach((isVisible, i) => {
      if (isVisible) return;
      const start = (Math.floor(i / tokens) * rows + globals + i % tokens) * width;
      for (const gradient of [dKey, dValue]) {
        assert(gradient.subarray(start, start + width).every((value) => value === 0));
      }
      masked++;
    });
    assertGreater(masked, 0);
  });
}
