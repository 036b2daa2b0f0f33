import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { drawDotChart } from "../../../bench/table2/dot_chart.ts";

const chart = (mean: number, error = 10) =>
  drawDotChart({
    title: "A < B",
    xLabel: "per cent",
    rows: ["first", "second"],
    series: [{ name: "one", points: [{ mean: 0, error: 0 }, { mean, error }] }],
  });

Deno.test("drawDotChart() puts 0 at the left, 100 at the right, and cuts errors there", () => {
  const svg = chart(100);
  assertStringIncludes(svg, "A &lt; B");
  const places = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  assertEquals(places, [260, 730]);
  assertStringIncludes(svg, 'x1="683" y1="112" x2="730" y2="112"');
});

Deno.test("drawDotChart() rejects what is no score, and rows without points", () => {
  for (const mean of [-1, 101, NaN]) assertThrows(() => chart(mean), RangeError, "0 to 100");
  for (const error of [-1, NaN, Infinity]) {
    assertThrows(() => chart(50, error), RangeError, "0 to 100");
  }
  const empty = { title: "", xLabel: "", rows: [], series: [] };
  assertThrows(() => drawDotChart(empty), RangeError, "0 rows");
});
