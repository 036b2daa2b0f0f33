import { assertEquals } from "@std/assert";
import { formatFigure, HEADINGS } from "../../../bench/gpu/format_figure.ts";

Deno.test("formatFigure() has a cell for each heading, and three digits", () => {
  const rate = { value: 3456.7, unit: "GFLOPS", limit: 6913.4 } as const;
  assertEquals(formatFigure({ name: "linear", seconds: 0.0012345, rate }), [
    "linear",
    "1.23 ms",
    "3,457 GFLOPS",
    "6,913 GFLOPS",
    "50 %",
    "",
  ]);
  assertEquals(formatFigure({ name: "a launch", seconds: 4.5e-6 }).length, HEADINGS.length);
  assertEquals(formatFigure({ name: "a launch", seconds: 4.5e-6 })[1], "4.50 µs");
  assertEquals(formatFigure({ name: "a model", seconds: 12.34, note: "63 launches" }).slice(1), [
    "12.3 s",
    "",
    "",
    "",
    "63 launches",
  ]);
  const limit = { name: "reading", seconds: 0, rate: { value: 0.5, unit: "GB/s" } } as const;
  assertEquals(formatFigure(limit).slice(0, 4), ["reading", "", "0.500 GB/s", ""]);
});
