import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  chooseSelfExtend,
  longestExtended,
  plainRotation,
  ropeRotation,
  rotaryTurns,
} from "../../../attention/mod.ts";

const ROPE = { theta: 10000, columns: 8 };
const PLAIN = plainRotation(10000, 8).frequencies;

Deno.test("plain frequencies are powers of theta, linear ones a part of them", () => {
  PLAIN.forEach((frequency, i) => assertAlmostEquals(frequency, 10 ** -i, 1e-12));
  const { frequencies } = ropeRotation({ ...ROPE, scaling: { type: "linear", factor: 4 } });
  assertEquals(frequencies, PLAIN.map((frequency) => frequency / 4));
  for (const theta of [0, -1, NaN]) {
    assertThrows(() => plainRotation(theta, 4), RangeError, "theta");
  }
  assertThrows(() => plainRotation(10, 3), RangeError, "3 columns");
});

Deno.test("dynamic changes the base beyond the trained length alone", () => {
  const scaling = { type: "dynamic", factor: 2, trained: 100 } as const;
  assertEquals(ropeRotation({ ...ROPE, scaling }, 100).frequencies, PLAIN);
  const theta = 10000 * (2 * 250 / 100 - 1) ** (8 / 6);
  assertEquals(ropeRotation({ ...ROPE, scaling }, 250), plainRotation(theta, 8));
});

Deno.test("llama3 keeps short waves, stretches long ones, and blends between", () => {
  const scaling = { type: "llama3", factor: 8, trained: 1000, low: 1, high: 4 } as const;
  const { frequencies } = ropeRotation({ ...ROPE, scaling });
  // Wavelengths 6.3 and 63 are below 250, 6283 is above 1000, 628 between.
  assertEquals(frequencies.slice(0, 2), PLAIN.slice(0, 2));
  assertEquals(frequencies[3], PLAIN[3] / 8);
  const smooth = (1000 * PLAIN[2] / (2 * Math.PI) - 1) / 3;
  assertAlmostEquals(frequencies[2], PLAIN[2] * ((1 - smooth) / 8 + smooth), 1e-15);
});

Deno.test("yarn's ramp has a length where both its ends are one pair", () => {
  const scaling = {
    type: "yarn",
    factor: 4,
    trained: 8,
    fast: 32,
    slow: 2,
    attention: 1.25,
  } as const;
  // Both ends are pair 0: it stays, all others are stretched.
  const { frequencies, factor } = ropeRotation({ ...ROPE, scaling });
  assertEquals(frequencies, PLAIN.map((frequency, i) => i === 0 ? frequency : frequency / 4));
  assertEquals(factor, 1.25);
  const turns = rotaryTurns(Int32Array.of(0, 3), { frequencies: [1], factor });
  [1.25, 0, 1.25 * Math.cos(3), 1.25 * Math.sin(3)].forEach((turn, i) =>
    assertEquals(turns[i], Math.fround(turn))
  );
});

Deno.test("Self-Extend's settings for a length keep positions below 0.6 of the trained ones", () => {
  for (const trained of [16, 100, 4096]) {
    for (const tokens of [trained + 1, 3 * trained, 40 * trained]) {
      const settings = chooseSelfExtend(trained, tokens)!;
      const { group_size, window_size } = settings;
      const last = (group: number) => window_size + (tokens - window_size) / group;
      assertEquals(last(group_size) <= 0.6 * trained, true);
      assertEquals(last(group_size - 1) > 0.6 * trained, true);
      assertEquals(longestExtended(trained, settings) >= tokens, true);
    }
    assertEquals(chooseSelfExtend(trained, trained), undefined);
  }
  assertEquals(longestExtended(32, { group_size: 3, window_size: 40 }), 32);
});
