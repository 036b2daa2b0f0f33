import { assertEquals } from "@std/assert";
import { evaluate, evaluateLengths, LENGTHS } from "../../../bench/table2/evaluate.ts";
import type { Passages } from "../../../bench/table2/passages.ts";
import type { SequenceClassification } from "../../../models/mod.ts";

const passage = (author: number) => ({
  author,
  ids: Uint16Array.from({ length: 4094 }, (_, i) => author + i),
});
const PASSAGES: Passages = {
  authors: ["A", "B"],
  train: [],
  valid: [passage(0)],
  test: [passage(1), passage(0)],
};

/** A model that names B if it sees an id of 4,000 or more; it notes the sizes of its inputs. */
function lookForLateIds(): { model: SequenceClassification; shapes: string[] } {
  const shapes: string[] = [];
  const model = (inputs: { input_ids: number[][] }) => {
    shapes.push(`${inputs.input_ids.length}×${inputs.input_ids[0].length}`);
    const rows = inputs.input_ids.map((ids) => ids.some((id) => id >= 4000) ? [0, 9] : [1, 0]);
    return Promise.resolve({ logits: { tolist: () => rows, dispose: () => {} } });
  };
  return { model: model as unknown as SequenceClassification, shapes };
}

Deno.test("a long reader answers once, a short one from its windows", async () => {
  const { model, shapes } = lookForLateIds();
  assertEquals(await evaluate(model, 4096, PASSAGES), { whole: { valid: [1], test: [1, 1] } });
  assertEquals(await evaluate(model, 512, PASSAGES), {
    first: { valid: [0], test: [0, 0] },
    majority: { valid: [0], test: [0, 0] },
    sum: { valid: [1], test: [1, 1] }, // the last window is sure of it
  });
  assertEquals(shapes, ["1×4096", "1×4096", "1×4096", "8×512", "8×512", "8×512"]);
});

Deno.test("a reader that is asked about starts of passages is given those alone", async () => {
  for (const tokens of [512, 4096]) {
    const { model, shapes } = lookForLateIds();
    const answers = await evaluateLengths(model, tokens, PASSAGES);
    for (const length of LENGTHS) {
      const named = length === 4096 ? 1 : 0;
      assertEquals(answers[length], { valid: [named], test: [named, named] }, `${length}`);
    }
    const wanted = tokens === 4096
      ? ["1×128", "1×256", "1×512", "1×1024", "1×2048", "1×4096"]
      : ["1×128", "1×256", "1×512", "2×512", "4×512", "8×512"];
    assertEquals(shapes.filter((_, i) => i % 3 === 0), wanted);
  }
});
