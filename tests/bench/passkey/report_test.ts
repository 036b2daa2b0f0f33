import { assertEquals, assertStringIncludes } from "@std/assert";
import { drawBits, drawFound, formatBits, formatFound } from "../../../bench/passkey/report.ts";
import { parseXml } from "../../picture/xml.ts";

const cell = (variant: string, tokens: number, depths: number[], group?: number) => ({
  variant,
  tokens,
  self_extend: group === undefined ? null : { group_size: group, window_size: 64 },
  depths,
  answers: [],
});
const found = [
  cell("full", 256, [1, 1]),
  cell("w 64", 256, [1, 0.5], 3),
  cell("full", 1024, [0, 0.25]),
  cell("w 64", 1024, [1, 1], 11),
];
const positions = (values: number[]) =>
  values.map((bits, i) => ({ first: Math.max(1, 128 * i), end: 128 * (i + 1), bits }));
const bits = [
  { variant: "full", positions: positions([7, 6, 8, 10, 11, 11, 12, 12]) },
  { variant: "w 64, G 5", positions: positions([7, 6, 6, 6, 6, 6, 6, 6]) },
];
const results = {
  model: "folder/model",
  trained: 256,
  device: "cpu, fp32",
  prompts: 4,
  found,
  bits,
};

Deno.test("formatFound() has a row for each length, with groups where they differ", () => {
  assertEquals(formatFound(found), [
    "| tokens | full | w 64 (G)  |",
    "| -----: | ---: | --------- |",
    "|    256 | 1.00 | 0.75 (3)  |",
    "|  1,024 | 0.13 | 1.00 (11) |",
  ]);
});

Deno.test("formatBits() doubles the ranges of positions and weighs them by tokens", () => {
  assertEquals(formatBits(bits, 256), [
    "| positions    |  full | w 64, G 5 |",
    "| ------------ | ----: | --------: |",
    "| 0 to 256     |  6.50 |      6.50 |",
    "| 256 to 512   |  9.00 |      6.00 |",
    "| 512 to 1,024 | 11.50 |      6.00 |",
  ]);
});

Deno.test("pictures are well-formed and name model and variants", () => {
  for (const svg of [drawFound(results), drawBits(results)]) {
    parseXml(svg);
    assertStringIncludes(svg, "model");
    assertStringIncludes(svg, "Self-Extend, w 64");
  }
});
