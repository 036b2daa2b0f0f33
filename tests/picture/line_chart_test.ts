import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { drawLineChart, linearTicks, logTicks } from "../../picture/line_chart.ts";

const LABELS = { title: "Time", xLabel: "tokens", yLabel: "seconds" };
/** Points of cubic growth. */
const CUBE = [[10, 1], [100, 1000], [1000, 1_000_000]] as const;

function polylines(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) =>
    points.split(" ").map((point) => point.split(",").map(Number))
  );
}

Deno.test("logTicks() encloses all values with ones, twos and fives", () => {
  assertEquals(logTicks([0.03, 3.2]), [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]);
  assertEquals(logTicks([1, 10]), [1, 2, 5, 10]);
  assertEquals(logTicks([7]), [5, 10]);
  assertEquals(logTicks([1]), [1, 2]);
  assertEquals(logTicks([999.9999999999999]), [500, 1000]); // its log10 is 3
});

Deno.test("linearTicks() encloses all values with round numbers", () => {
  assertEquals(linearTicks([5.2, 12.7]), [5, 6, 7, 8, 9, 10, 11, 12, 13]);
  assertEquals(linearTicks([-0.1, 0.3]), [-0.1, 0, 0.1, 0.2, 0.3]);
  assertEquals(linearTicks([3]), [3, 3.5]);
  assertEquals(linearTicks([0]), [0, 0.2]);
  assertEquals(linearTicks([1.5, 1.9]), [1.5, 1.6, 1.7, 1.8, 1.9]); // 1.9 - 1.5 is below 0.4
  assertEquals(linearTicks([0.1 + 0.2, 0.3]), [0.25, 0.3, 0.35]);
});

Deno.test("linearTicks() gives two to twelve ticks around any range", () => {
  for (let a = 0; a <= 200; a++) {
    for (let b = a + 1; b <= 400; b++) {
      const ticks = linearTicks([a / 100, b / 100]);
      const fit = ticks.length >= 2 && ticks.length <= 12 && ticks[0] <= a / 100 &&
        ticks.at(-1)! >= b / 100;
      assert(fit, `${a / 100} to ${b / 100}: ${ticks}`);
    }
  }
});

Deno.test("drawLineChart() draws equal steps at equal distances on a linear axis", () => {
  const series = [{ name: "steps", points: [[1, -1], [10, 0], [100, 1]] as const }];
  const [[first, middle, last]] = polylines(drawLineChart({ ...LABELS, yScale: "linear", series }));
  assertEquals(middle, [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2]);
});

Deno.test("drawLineChart() draws many steps from 0 without dots", () => {
  const points = Array.from({ length: 100 }, (_, i) => [i, 2 * i + 1] as const);
  const svg = drawLineChart({
    ...LABELS,
    xScale: "linear",
    yScale: "linear",
    series: [{ name: "steps", points }],
  });
  const [line] = polylines(svg);
  assertEquals(line.length, 100);
  assertAlmostEquals(line[50][0] - line[0][0], line[99][0] - line[49][0], 0.2);
  assertEquals(svg.match(/<circle/g), null);
});

Deno.test("drawLineChart() draws a power as a straight line", () => {
  const [[first, middle, last]] = polylines(
    drawLineChart({ ...LABELS, series: [{ name: "cube", points: CUBE }] }),
  );
  assertEquals(middle, [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2]);
  assert(first[0] < last[0] && first[1] > last[1], "more must be to the right and higher up");
});

Deno.test("drawLineChart() draws all lines on one scale and labels their ends", () => {
  const svg = drawLineChart({
    ...LABELS,
    series: [
      { name: "one", points: CUBE },
      { name: "two", points: CUBE },
      { name: "half", points: CUBE.map(([x, y]) => [x, y / 2]) },
    ],
  });
  const [one, two, half] = polylines(svg);
  assertEquals(one, two);
  half.forEach(([x, y], i) => assert(x === one[i][0] && y > one[i][1]));
  for (const words of ["Time", "tokens", "seconds", "one", "two", "half", "1,000"]) {
    assertStringIncludes(svg, `>${words}</text>`);
  }
  // Labels must not overlap.
  const rows = [...svg.matchAll(/y="([\d.]+)"[^>]*>(?:one|two|half)</g)].map(([, y]) => Number(y));
  rows.sort((a, b) => a - b).forEach((y, i) => assert(i === 0 || y - rows[i - 1] >= 15));
});

Deno.test("drawLineChart() keeps the labels of its lowest lines above the axis", () => {
  const names = ["one", "two", "three"];
  const series = names.map((name) => ({ name, points: [[1, 1], [2, 1]] as const }));
  const svg = drawLineChart({ ...LABELS, series: [...series, { name: "up", points: CUBE }] });
  const axis = Math.max(
    ...[...svg.matchAll(/<polyline points="[^,]*,([\d.]+)/g)].map(([, y]) => Number(y)),
  );
  const rows = names.map((name) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${name}<`).exec(svg)![1]));
  const sorted = rows.toSorted((a, b) => a - b);
  sorted.forEach((y, i) => assert(y <= axis + 5 && (i === 0 || y - sorted[i - 1] >= 15)));
});

Deno.test("drawLineChart() draws a derived line dashed, without dots, in the previous colour", () => {
  const svg = drawLineChart({
    ...LABELS,
    series: [
      { name: "measured", points: CUBE },
      { name: "ideal", points: CUBE, dashed: true },
      { name: "other", points: CUBE },
    ],
  });
  const colours = [...svg.matchAll(/<polyline[^>]+stroke="(#\w+)"/g)].map(([, colour]) => colour);
  assertEquals(colours[0], colours[1]);
  assert(colours[2] !== colours[0]);
  assertEquals(svg.match(/stroke-dasharray/g)?.length, 1);
  assertEquals(svg.match(/<circle/g)?.length, 2 * CUBE.length);
});

Deno.test("drawLineChart() escapes text", () => {
  const svg = drawLineChart({
    ...LABELS,
    title: "a < b & c",
    series: [{ name: "<i>", points: CUBE }],
  });
  assertStringIncludes(svg, "a &lt; b &amp; c");
  assert(!svg.includes("<i>"));
});

Deno.test("drawLineChart() draws a single point", () => {
  const svg = drawLineChart({ ...LABELS, series: [{ name: "one", points: [[512, 0.5]] }] });
  assert(!svg.includes("NaN") && !svg.includes("Infinity"));
});

Deno.test("drawLineChart() rejects values that an axis cannot show", () => {
  const empty = { name: "none", points: [] };
  for (const series of [[], [{ name: "cube", points: CUBE }, empty]]) {
    assertThrows(() => drawLineChart({ ...LABELS, series }), RangeError, "without points");
  }
  for (const wrong of [0, -1, NaN, Infinity, 1e308]) {
    const series = [{ name: "one", points: [[1, 2], [2, wrong]] as const }];
    assertThrows(() => drawLineChart({ ...LABELS, series }), RangeError, `draw ${wrong}:`);
    if (wrong <= 0) continue;
    const linear = { ...LABELS, yScale: "linear", series } as const;
    assertThrows(() => drawLineChart(linear), RangeError, `draw ${wrong}:`);
  }
});
