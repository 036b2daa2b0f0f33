import { assertEquals } from "@std/assert";
import { spanRange } from "../../attention/mod.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { planAttend } from "../../ops/attend_operands.ts";
import { Draw } from "../helpers/draw.ts";

Deno.test("planAttend() clips spans to what their queries see", () => {
  const backend = new CpuBackend();
  const draw = new Draw(1);
  for (let i = 0; i < 300; i++) {
    const [queries, count] = [draw.integer(1, 6), draw.integer(0, 6)];
    const position = draw.integer(0, 5);
    const end = () => draw.pick([draw.integer(-20, 20), 2 ** 40, -(2 ** 40)]);
    const span = {
      block: draw.pick([draw.integer(1, 5), 2 ** 40]),
      stride: draw.integer(0, 4),
      start: end(),
      end: end(),
      causal: draw.pick([false, true]),
    };
    const keys = backend.floats(new Float32Array(count), [1, count, 1]);
    const source = { keys, values: keys, first: 0, count, spans: [span] };
    const query = backend.floats(new Float32Array(queries), [1, queries, 1]);
    const parts = [{ first: 0, count: queries, position, sources: [source] }];
    const { operands } = planAttend("attend", query, parts, { heads: 1 });
    const [clipped] = operands.parts[0].sources[0].spans;
    for (let row = position; row < position + queries; row++) {
      const [[from, after], seen] = [clipped, span].map((each) => spanRange(each, row, count));
      const isNothing = from === after && seen[0] === seen[1];
      if (!isNothing) assertEquals([from, after], seen, JSON.stringify({ span, row, count }));
    }
  }
});
