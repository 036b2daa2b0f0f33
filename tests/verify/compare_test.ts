import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { compare, compareNorms, nameFault, type Values } from "../../verify/compare.ts";

function values(dims: number[], ...data: number[]): Values {
  return { dims, data: new Float32Array(data) };
}

const EXPECTED = values([1, 2, 2], 1, 2, 3, 4);

Deno.test("compare() accepts equal values, even with bound 0", () => {
  const { passed, largestError, fault } = compare(EXPECTED, EXPECTED, 0);
  assertEquals({ passed, largestError, fault }, { passed: true, largestError: 0, fault: "" });
});

Deno.test("compare() accepts differences up to the bound", () => {
  const actual = values([1, 2, 2], 1, 2, 3.5, 4);
  assert(compare(actual, EXPECTED, 0.5).passed);
  assertFalse(compare(actual, EXPECTED, 0.499).passed);
  assertEquals(compare(actual, EXPECTED, 0.5).largestError, 0.5);
});

Deno.test("compare() finds a wrong element and its coordinates", () => {
  const { passed, largestError, fault } = compare(values([1, 2, 2], 1, 2, 3, 7), EXPECTED, 1e-6);
  assertFalse(passed);
  assertEquals(largestError, 3);
  assertEquals(fault, "7 at [0,1,1], wanted 4 ± 1.0e-6");
});

Deno.test("compare() finds a wrong element at any index", () => {
  for (let i = 0; i < 4; i++) {
    const data = EXPECTED.data.slice();
    data[i] = -data[i];
    const { passed, fault } = compare({ dims: EXPECTED.dims, data }, EXPECTED, 1);
    assertFalse(passed);
    assertStringIncludes(fault, `at [0,${Math.floor(i / 2)},${i % 2}]`);
  }
});

for (const bad of [NaN, Infinity, -Infinity]) {
  Deno.test(`compare() fails on computed or expected ${bad} for any bound`, () => {
    const broken = values([1, 2, 2], 1, bad, 3, 4);
    for (const [actual, expected] of [[broken, EXPECTED], [EXPECTED, broken], [broken, broken]]) {
      const { passed, largestError, fault } = compare(actual, expected, Infinity);
      assertFalse(passed);
      assertEquals(largestError, Infinity);
      assertStringIncludes(fault, "at [0,0,1]");
    }
  });

  Deno.test(`compare() fails on computed ${bad} in a row that is not compared`, () => {
    const broken = values([1, 2, 2], 1, 2, bad, 4);
    const isFirst = (row: number) => row === 0;
    assertStringIncludes(compare(broken, EXPECTED, 1, isFirst).fault, "at [0,1,0]");
    assert(compare(EXPECTED, broken, 1, isFirst).passed);
  });
}

Deno.test("compare() fails on swapped heads", () => {
  const [first, second] = [[1, 2], [3, 4]];
  const expected = values([1, 1, 4], ...first, ...second);
  const { passed, fault } = compare(values([1, 1, 4], ...second, ...first), expected, 1e-6);
  assertFalse(passed);
  assertStringIncludes(fault, "at [0,0,");
});

Deno.test("compare() fails on a wrong shape, even of the same size", () => {
  for (const dims of [[1, 2, 1], [2, 1, 2], [1, 4], [4], [2, 2], [1, 2, 2, 1]]) {
    const size = dims.reduce((product, n) => product * n);
    const { passed, fault } = compare(
      { dims, data: EXPECTED.data.slice(0, size) },
      EXPECTED,
      Infinity,
    );
    assertFalse(passed);
    assertEquals(fault, `shape [${dims}], wanted [1,2,2]`);
  }
});

Deno.test("compare() fails on values that do not fill the shape", () => {
  const short = { dims: EXPECTED.dims, data: EXPECTED.data.slice(1) };
  assertEquals(compare(short, EXPECTED, 1).fault, "3 values, wanted 4");
  assertFalse(compare(EXPECTED, short, 1).passed);
});

Deno.test("compare() fails on an empty tensor", () => {
  for (const dims of [[0], [0, 4], [2, 0]]) {
    const { passed, fault } = compare(values(dims), values(dims), 1);
    assertFalse(passed);
    assertEquals(fault, "there was nothing to compare");
  }
});

Deno.test("compare() fails if no row is compared", () => {
  const { passed, fault } = compare(EXPECTED, EXPECTED, 1, () => false);
  assertFalse(passed);
  assertEquals(fault, "there was nothing to compare");
});

Deno.test("compare() ignores differences in rows that are not compared", () => {
  const actual = values([1, 2, 2], 1, 2, 30, 40);
  assert(compare(actual, EXPECTED, 0, (row) => row === 0).passed);
  assertFalse(compare(actual, EXPECTED, 0, (row) => row === 1).passed);
});

Deno.test("compare() accepts a scalar", () => {
  assert(compare(values([], 5), values([], 5), 0).passed);
  assertEquals(compare(values([], 6), values([], 5), 0).fault, "6 at [], wanted 5 ± 0.0e+0");
});

Deno.test("compare() fails if the bound is not a number ≥ 0", () => {
  for (const bound of [NaN, -1e-9, -Infinity]) {
    const { passed, fault } = compare(EXPECTED, EXPECTED, bound);
    assertFalse(passed);
    assertEquals(fault, `the bound is ${bound}`);
  }
});

Deno.test("compareNorms() relates the norm of the difference to that of what is expected", () => {
  const expected = { dims: [2, 2], data: new Float32Array([3, 0, 0, 4]) };
  const actual = { dims: [2, 2], data: new Float32Array([3, 0.3, 0.4, 4]) };
  const { passed, largestError, fault } = compareNorms(actual, expected, 0.11);
  assertEquals([passed, fault], [true, ""]);
  assertAlmostEquals(largestError, 0.1, 1e-7);
  const beyond = compareNorms(actual, expected, 0.09);
  assert(!beyond.passed);
  assertStringIncludes(beyond.fault, "off by 1.0e-1");
  assertAlmostEquals(compareNorms(actual, expected, 1, (row) => row === 1).largestError, 0.1, 1e-7);
});

Deno.test("compareNorms() fails as compare() does on what is no comparison", () => {
  const expected = { dims: [1, 2], data: new Float32Array([1, 2]) };
  for (
    const actual of [
      { dims: [2, 1], data: new Float32Array([1, 2]) },
      { dims: [1, 2], data: new Float32Array([1, NaN]) },
    ]
  ) {
    assert(!compareNorms(actual, expected, 1e9).passed);
  }
  assert(!compareNorms(expected, expected, 1, () => false).passed);
  // Nothing is expected: any difference is infinitely large, none is not a number.
  const zeros = { dims: [1, 2], data: new Float32Array(2) };
  assert(!compareNorms(expected, zeros, 1e9).passed);
});

Deno.test("nameFault() prefixes a fault with a name, and does not change a success", () => {
  const good = compare(EXPECTED, EXPECTED, 0);
  assertEquals(nameFault("logits", good), good);
  const bad = compare(values([1]), values([1]), 0);
  assertEquals(nameFault("logits", bad), { ...bad, fault: `logits: ${bad.fault}` });
});
