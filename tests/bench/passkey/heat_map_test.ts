import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { drawHeatMaps } from "../../../bench/passkey/heat_map.ts";
import { parseXml } from "../../picture/xml.ts";

const LENGTHS = [256, 1024];
const map = (name: string, columns: number[][]) => ({ name, columns, notes: ["", "G 5"] });
const PICTURE = { title: "A < B", subtitle: "both", lengths: LENGTHS };

Deno.test("drawHeatMaps() draws a cell for each length and depth, darker the more is found", () => {
  const maps = [map("full", [[1, 1, 1], [0, 0.5, 1]]), map("grouped", [[1, 0, 0], [1, 1, 1]])];
  const elements = parseXml(drawHeatMaps({ ...PICTURE, maps }));
  const cells = elements.filter(({ name, attributes }) =>
    name === "rect" && attributes.stroke === "#fff"
  );
  assertEquals(cells.length, 12);
  const light = cells.map(({ attributes }) => parseInt(attributes.fill.slice(1, 3), 16));
  assert(light[3] > light[4] && light[4] > light[5]);
  assertEquals(light[0], light[5]);
  // Depths go down, lengths to the right.
  const places = cells.map(({ attributes }) => [Number(attributes.x), Number(attributes.y)]);
  assert(places[1][1] > places[0][1] && places[3][0] > places[0][0]);
  const words = elements.map(({ text }) => text);
  for (const word of ["full", "grouped", "1,024", "100 %", "50 %", "33 %", "G 5"]) {
    assert(words.includes(word), word);
  }
});

Deno.test("drawHeatMaps() describes the shares for those who cannot see them", () => {
  const svg = drawHeatMaps({ ...PICTURE, maps: [map("full", [[1, 1], [0, 0.5]])] });
  assertStringIncludes(svg, "<title>A &lt; B</title>");
  assertStringIncludes(svg, "full: 256 tokens 100 %, 1024 tokens 25 %");
});

Deno.test("drawHeatMaps() refuses what is not a map", () => {
  const draw = (columns: number[][]) => () =>
    drawHeatMaps({ ...PICTURE, maps: [map("m", columns)] });
  assertThrows(draw([[1]]), RangeError, "2 columns of 1 shares");
  assertThrows(draw([[1], [1, 1]]), RangeError, "2 columns of 1 shares");
  assertThrows(draw([[1], [1.1]]), RangeError, "from 0 to 1");
  assertThrows(draw([[1], [NaN]]), RangeError, "from 0 to 1");
  assertThrows(() => drawHeatMaps({ ...PICTURE, maps: [] }), RangeError, "without cells");
});
