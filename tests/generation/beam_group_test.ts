import { assert, assertEquals } from "@std/assert";
import { BeamGroup, type BeamOptions } from "../../generation/beam_group.ts";
import { draw, drawSeveral } from "../../generation/draw.ts";
import { Hypotheses } from "../../generation/hypotheses.ts";
import { topCandidates } from "../../generation/top_candidates.ts";
import { Random } from "../../tensor/random.ts";

const OPTIONS: BeamOptions = {
  size: 2,
  ends: new Set([0]),
  start: 1,
  length: 9,
  lengthPenalty: 1,
  earlyStopping: false,
};

const scores = (...values: number[]) => ({ scores: Float64Array.from(values) });

/** A search that has found two rows after one step: of −1 and −2, with an open one of −3. */
function afterOneStep(options: Partial<BeamOptions>): BeamGroup {
  const group = new BeamGroup([5], 0, { ...OPTIONS, ends: new Set([0, 1]), ...options });
  group.advance([scores(-1, -2, -3), scores(-9, -9, -9)]);
  assertEquals(group.hypotheses.list.length, 2);
  return group;
}

Deno.test("a full search is done if early_stopping is true, or if none can become better", () => {
  assertEquals(afterOneStep({ earlyStopping: true }).isDone, true);
  // The worst is −2, but the best candidate of the step was −1.
  assertEquals(afterOneStep({}).isDone, false);
  assertEquals(afterOneStep({ earlyStopping: "never" }).isDone, false);
});

Deno.test("never: the greatest length counts above a length_penalty of 0 only", () => {
  // In two steps: closed −2/2, −3/2; then a step whose best sum is −4 after 3 ids.
  const run = (options: Partial<BeamOptions>) => {
    const group = new BeamGroup([5], 0, { ...OPTIONS, ends: new Set([0, 1]), size: 2, ...options });
    group.advance([scores(-9, -9, -1), scores(-9, -9, -9)]);
    group.advance([scores(-1, -2, -1.5), scores(-99, -99, -99)]);
    assertEquals(group.hypotheses.list.length, 2);
    return group.isDone;
  };
  // Worst −3/2^p, best −2/reach^p: p = 1: −1.5 against −1 and −2/8; p = −1: −6 against −4 and −16.
  assertEquals(run({ lengthPenalty: 1 }), false);
  assertEquals(run({ lengthPenalty: -1, earlyStopping: false }), false);
  assertEquals(run({ lengthPenalty: -1, earlyStopping: "never" }), false);
});

Deno.test("never: what a longer row could reach", () => {
  // One step: closed at −1 and −1.1 with p = 1; a later best of −4 after 2 ids: −2, after 8: −0.5.
  const run = (earlyStopping: BeamOptions["earlyStopping"]) => {
    const group = new BeamGroup([5], 0, { ...OPTIONS, ends: new Set([0, 1]), earlyStopping });
    group.advance([scores(-1, -1.1, -3), scores(-9, -9, -9)]);
    group.advance([scores(-9, -9, -1), scores(-99, -99, -99)]);
    return group.isDone;
  };
  assertEquals(run(false), true);
  assertEquals(run("never"), false);
});

Deno.test("an end below the first K is dropped", () => {
  const group = new BeamGroup([5], 0, OPTIONS);
  group.advance([scores(-3, -1, -2), scores(-9, -9, -9)]);
  assertEquals(group.hypotheses.list, []);
  assertEquals(group.beams.map(({ ids, sum }) => [ids, sum]), [[[5, 1], -1], [[5, 2], -2]]);
});

Deno.test("of equal hypotheses the oldest leaves, and an equal one does not enter", () => {
  const best = new Hypotheses(2);
  const add = (score: number, place: number) => best.add({ ids: [], score, place });
  add(-2, 0);
  add(-2, 1);
  add(-2, 2);
  assertEquals(best.list.map(({ place }) => place), [0, 1]);
  add(-1, 3);
  assertEquals(best.list.map(({ place }) => place), [1, 3]);
});

Deno.test("equal candidates: the lower beam, then the lower id", () => {
  const beams = [{ sum: -1, ...scores(-1, -1, 0) }, { sum: 0, ...scores(-1, -2, -1) }];
  assertEquals(
    topCandidates(beams, 5).map(({ beam, id }) => [beam, id]),
    [[0, 2], [1, 0], [1, 2], [0, 0], [0, 1]],
  );
  const some = [{ sum: 0, ids: Int32Array.of(4, 7), scores: Float64Array.of(-1, -1) }];
  assertEquals(topCandidates(some, 1), [{ beam: 0, id: 4, sum: -1 }]);
});

Deno.test("ends count among the first K alone: how many there are does not matter", () => {
  const random = new Random(1);
  for (let n = 0; n < 300; n++) {
    const beams = Array.from({ length: 1 + n % 4 }, () => ({
      sum: 0,
      ...scores(...Array.from({ length: 1 + n }, () => -Math.floor(9 * random.uniform()))),
    }));
    const ends = new Set(Array.from({ length: n % 50 }, (_, i) => 2 * i));
    const count = 1 + n % 7;
    let open = 0;
    const wanted = beams.flatMap(({ scores }, beam) =>
      Array.from(scores, (sum, id) => ({ beam, id, sum }))
    ).sort((a, b) => b.sum - a.sum)
      .filter(({ id }, rank) => ends.has(id) ? rank < count : open++ < count);
    const found = topCandidates(beams, count, ends);
    assertEquals(found, wanted);
    assert(found.length <= 2 * count);
  }
});

Deno.test("several draws read a part of the shares each, and draw what draws of all do", () => {
  const COUNT = 100;
  const shares = new Float64Array(20_000).map((_, i) => i % 3 === 0 ? 0 : (i * 7919) % 100);
  const random = new Random(5);
  const wanted: number[] = [];
  const left = shares.slice();
  for (let i = 0; i < COUNT; i++) {
    wanted.push(draw(left, random.uniform()));
    left[wanted[i]] = 0;
  }
  let read = 0;
  const counted = new Proxy(shares, {
    get: (target, key) => {
      if (key !== "length") read++;
      return Reflect.get(target, key);
    },
  });
  assertEquals(drawSeveral(counted, COUNT, new Random(5)), wanted);
  assert(read < 20 * shares.length); // draws of all: twice the shares each
  assertEquals(drawSeveral(Float64Array.of(0, 2, 0), 4, new Random(1)), [1]);
});
