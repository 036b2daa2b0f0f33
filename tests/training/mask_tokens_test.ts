import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type MaskOptions, maskTokens } from "../../training/mask_tokens.ts";

const [MASK, WORDS] = [4, 1000];
const OPTIONS: MaskOptions = {
  maskId: MASK,
  vocabulary: WORDS,
  specialIds: new Set([0, 1, 2, MASK]),
};
const IDS = Int32Array.from({ length: 40_000 }, (_, i) => i % 7 === 0 ? i % 3 : 5 + (i * 31) % 990);

Deno.test("maskTokens() hides 15 %: 80 % of them masked, 10 % replaced, 10 % kept", () => {
  const { ids, labels } = maskTokens(IDS, OPTIONS, [42, 0, 3]);
  let [words, chosen, masked, replaced] = [0, 0, 0, 0];
  IDS.forEach((id, i) => {
    if (OPTIONS.specialIds.has(id)) {
      assertEquals([ids[i], labels[i]], [id, -100]);
      return;
    }
    words++;
    if (labels[i] === -100) {
      assertEquals(ids[i], id);
      return;
    }
    assertEquals(labels[i], id);
    chosen++;
    if (ids[i] === MASK) masked++;
    else if (ids[i] !== id) replaced++;
    assert(ids[i] >= 0 && ids[i] < WORDS);
  });
  // Five standard deviations of a binomial distribution; one of a thousand replacements is the same.
  const near = (count: number, of: number, share: number) =>
    assert(
      Math.abs(count - of * share) <= 5 * Math.sqrt(of * share * (1 - share)) + of / 5000,
      `${count} of ${of}, wanted ${share}`,
    );
  near(chosen, words, 0.15);
  near(masked, chosen, 0.8);
  near(replaced, chosen, 0.1);
});

Deno.test("maskTokens() depends on its seeds, and on nothing else", () => {
  const make = (...seeds: number[]) => maskTokens(IDS, OPTIONS, seeds);
  assertEquals(make(42, 1, 7), make(42, 1, 7));
  for (const other of [[43, 1, 7], [42, 2, 7], [42, 1, 8], [42, 7, 1], [1, 42, 7]]) {
    assertNotEquals(make(42, 1, 7).labels, make(...other).labels);
  }
  // A token's draws do not depend on the tokens before it.
  const start = maskTokens(IDS.subarray(0, 100), OPTIONS, [42, 1, 7]);
  const whole = make(42, 1, 7);
  assertEquals(start.labels, whole.labels.slice(0, 100));
  const changed = maskTokens(IDS.with(0, 77), OPTIONS, [42, 1, 7]);
  assertEquals(changed.labels.slice(1), whole.labels.slice(1));
});

Deno.test("maskTokens() with the probabilities 0 and 1 hides nothing and everything", () => {
  const none = maskTokens(IDS, { ...OPTIONS, probability: 0 }, [1]);
  assertEquals(none.ids, IDS);
  assertEquals(new Set(none.labels), new Set([-100]));
  const { labels } = maskTokens(IDS, { ...OPTIONS, probability: 1 }, [1]);
  assertEquals(labels, IDS.map((id) => OPTIONS.specialIds.has(id) ? -100 : id));
});
