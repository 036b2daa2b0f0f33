import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SPARSITY_TYPES } from "../../attention/lsg/lsg_parameters.ts";
import { layOut, SQUARE } from "../../picture/layout.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { recordLongformer } from "../../picture/record_patterns.ts";
import { summarizePattern } from "../../picture/summary.ts";
import { patternSvg } from "../../picture/svg.ts";
import { CASES } from "./cases.ts";
import { parseXml } from "./xml.ts";

/** Parses the rectangles of a path, in pixels. */
function rectanglesOf(path: string): [x: number, y: number, width: number, height: number][] {
  const rectangles = [...path.matchAll(/M(.+?) (.+?)h(.+?)v(.+?)h-\3z/g)];
  assertEquals(rectangles.map(([whole]) => whole).join(""), path);
  return rectangles.map(([, ...numbers]) =>
    numbers.map(Number) as [number, number, number, number]
  );
}

Deno.test("patternSvg() draws a cell for each pair that attention computes", async () => {
  for (const { name, pattern, weights } of CASES) {
    const recorded = pattern();
    const { cell } = layOut(recorded);
    const paths = parseXml(patternSvg(recorded)).filter((element) => element.name === "path");
    const drawn = paths.filter(({ attributes }) => attributes.class in recorded.legend);
    const cells = drawn.flatMap(({ attributes }) => rectanglesOf(attributes.d))
      .reduce((sum, [, , w, h]) => sum + Math.round(w / cell) * Math.round(h / cell), 0);
    assertEquals(cells, (await weights()).filter((weight) => weight > 0).length, name);
  }
});

Deno.test("patternSvg() draws nothing in the gap after global tokens", () => {
  for (const { name, pattern } of CASES) {
    const recorded = pattern();
    const { start, end } = layOut(recorded);
    const [last, next] = [end(recorded.globals), start(recorded.globals)];
    if (recorded.globals > 0) assert(next - last > 5);
    const isFree = (from: number, length: number) =>
      from + length <= last + 0.02 || from >= next - 0.02;
    const paths = parseXml(patternSvg(recorded)).filter(({ attributes }) => attributes.class)
      .filter(({ attributes }) => !attributes.stroke);
    for (const [x, y, width, height] of paths.flatMap((e) => rectanglesOf(e.attributes.d))) {
      assert(isFree(x, width) && isFree(y, height), `${name}: ${x} ${y} ${width} ${height}`);
    }
  }
});

Deno.test("patternSvg() has a title, a legend and a colour for each kind of key", () => {
  for (const { name, pattern } of CASES) {
    const recorded = pattern();
    const [svg, title, desc, paper, ...rest] = parseXml(patternSvg(recorded));
    assertEquals([svg.name, svg.attributes.role, svg.attributes.width], ["svg", "img", "800"]);
    assertEquals(title, {
      name: "title",
      attributes: {},
      text: `${recorded.name}: which keys each query sees`,
    });
    assertStringIncludes(desc.text, `tokens ${recorded.tokens}`);
    assertEquals(paper.attributes.height, svg.attributes.height);
    const texts = rest.filter((element) => element.name === "text").map(({ text }) => text);
    for (const [kind, { text }] of Object.entries(recorded.legend)) {
      const path = rest.find((element) => element.attributes.class === kind);
      assert(path, `${name}: no ${kind}`);
      const fill = path?.attributes.fill;
      const swatches = rest.filter(({ attributes }) => attributes.fill === fill);
      assertEquals(swatches.map((swatch) => swatch.name), ["path", "rect"], `${name}: ${kind}`);
      const line = `${kind}: ${text}`;
      assert(texts.includes(line), `${name}: no legend of ${kind}`);
      assert(line.length <= 72, `${name}: "${line}" runs into the counts`);
    }
    const fills = rest.filter((e) => e.attributes.class in recorded.legend)
      .map((e) => e.attributes.fill);
    assertEquals(new Set(fills).size, fills.length, `${name}: duplicate colour`);
  }
});

Deno.test("patternSvg() draws lines between cells and blocks that are large enough", async () => {
  const size = { tokens: 40, heads: 1, head: 0, causal: false, seed: 0 };
  const lines = (tokens: number, block_size: number) => {
    const pattern = recordLsg({ block_size, sparsity_type: "none" }, { ...size, tokens });
    const paths = parseXml(patternSvg(pattern)).filter((element) => element.attributes.stroke);
    return Object.fromEntries(
      paths.map(({ attributes }) => [attributes.class, attributes.d.split("H").length - 1]),
    );
  };
  assertEquals(await lines(40, 8), { cells: 42, blocks: 6 });
  assertEquals(await lines(400, 40), { blocks: 11 });
  assertEquals(await lines(2000, 2), {});
});

Deno.test("patternSvg() keeps 4,096 tokens under 500 KB and inside the square", () => {
  const size = { tokens: 4096, heads: 12, head: 1, seed: 0 };
  for (const sparsity_type of SPARSITY_TYPES) {
    for (const [block_size, sparse_block_size, causal] of [[128, 128, false], [8, 64, true]]) {
      const parameters = { block_size, sparse_block_size, sparsity_type, sparsity_factor: 2 };
      const pattern = recordLsg(parameters, { ...size, causal: causal as boolean });
      const svg = patternSvg(pattern);
      assert(svg.length < 500_000, `${sparsity_type} ${block_size}: ${svg.length}`);
      for (const { attributes } of parseXml(svg).filter((e) => e.attributes.class === "local")) {
        for (const [x, y, width, height] of rectanglesOf(attributes.d)) {
          assert(x >= 0 && y >= 0 && width > 0 && height > 0);
          assert(x + width <= SQUARE + 0.02 && y + height <= SQUARE + 0.02);
        }
      }
    }
  }
});

Deno.test("patternSvg() draws the reach of entries that are too thin, and says so", () => {
  const size = { tokens: 4096, heads: 1, head: 0, causal: false, seed: 0 };
  const svg = patternSvg(recordLsg({}, size));
  assertStringIncludes(svg, "as single ones are too thin");
  // 128 entries are chosen from two blocks of 128 on each side.
  const [widest] = parseXml(svg).filter((element) => element.attributes.class === "sparse")
    .flatMap(({ attributes }) => rectanglesOf(attributes.d)).map(([, , width]) => width)
    .sort((a, b) => b - a);
  const { cell } = layOut({ globals: 1, tokens: 4096 });
  assertEquals(Math.round(widest / cell), 256);
});

Deno.test("patternSvg() keeps a global token visible in a long text", () => {
  const pattern = recordLongformer(8192, 512, [0, 4001]);
  const [global] = parseXml(patternSvg(pattern)).filter((e) => e.attributes.class === "global");
  const rows = rectanglesOf(global.attributes.d).filter(([, , width]) => width > SQUARE / 2);
  assertEquals(rows.map(([, y]) => Math.round(y)), [0, Math.round(4001 * SQUARE / 8192)]);
  for (const [, , width, height] of rectanglesOf(global.attributes.d)) {
    assert(Math.min(width, height) >= 1.5);
  }
  assertEquals(summarizePattern(pattern).visible_keys.max, 8192);
});
