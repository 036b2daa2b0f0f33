/**
 * Figures of layers whose weights are integers, beside multiply-adds of floats in registers.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import { type Products, WasmBackend } from "../../wasm/mod.ts";
import { measureBusiest } from "../busiest_thread.ts";
import { finish, randomFloats } from "../finish.ts";
import { median } from "../measure.ts";
import { makeOwnPeak } from "../peak.ts";
import { ROW } from "../roberta_base.ts";
import type { Row } from "./figure.ts";

/** Inner columns of a feed-forward layer. */
const INNER = 4 * ROW;

const WARMUPS = 2;
const REPEATS = 9;

/** A layer on a backend. */
interface Layer {
  readonly what: string;
  readonly flop: number;
  readonly run: () => Promise<void>;
}

/** The layers of RoBERTa-base that take most of the time. */
function makeLayers(backend: WasmBackend): Layer[] {
  const weight = (outputs: number, inputs: number) =>
    backend.weight(new Random(1).normals(outputs * inputs), [outputs, inputs]);
  const [long, short] = [4096, 1024].map((rows) => randomFloats(backend, [1, rows, ROW]));
  const square = weight(ROW, ROW);
  const [up, down] = [{ weight: weight(INNER, ROW) }, { weight: weight(ROW, INNER) }];
  return [{
    what: `linear 4096×${ROW}×${ROW}`,
    flop: 2 * 4096 * ROW * ROW,
    run: () => finish(backend, () => backend.linear(long, square)),
  }, {
    what: `feed-forward 1024×${ROW}×${INNER}×${ROW}`,
    flop: 4 * 1024 * ROW * INNER,
    run: () => finish(backend, () => backend.feedForward(short, up, "gelu", down)),
  }];
}

/**
 * Measures one thread by the time that it runs: floats, integers as this engine multiplies them
 * best, and as every engine can. Each run is divided by the peak of the same moment.
 *
 * @returns A row for each layer and way.
 */
export async function measureIntegers(): Promise<Row[]> {
  const peak = await makeOwnPeak();
  const backends = [await WasmBackend.open({ threads: 1 })];
  const best = await WasmBackend.open({ threads: 1, dtype: "q8" });
  for (const products of new Set<Products>([best.products, "words"])) {
    backends.push(await WasmBackend.open({ threads: 1, dtype: "q8", products }));
  }
  best.dispose();
  const layers = backends.flatMap((backend) =>
    makeLayers(backend).map((layer) => {
      const [seconds, ratios]: number[][] = [[], []];
      return { backend, ...layer, seconds, ratios };
    })
  );
  for (let i = -WARMUPS; i < REPEATS; i++) {
    for (const { run, flop, seconds, ratios } of layers) {
      const before = await peak();
      const time = await measureBusiest(run);
      const around = (before + await peak()) / 2;
      if (i < 0) continue;
      seconds.push(time);
      ratios.push(flop / time / 1e9 / around);
    }
  }
  backends.forEach((backend) => backend.dispose());
  return layers.map(({ backend, what, flop, seconds, ratios }): Row => {
    const { dtype, products } = backend;
    const time = median(seconds);
    return [
      dtype === "q8" ? `${what}, q8, ${products}` : `${what}, ${dtype}`,
      "1",
      time.toFixed(3),
      (flop / time / 1e9).toFixed(1),
      `${median(ratios).toFixed(2)} × peak`,
      dtype === "q8" && products !== "words" ? "≥ 2.60" : "",
    ];
  });
}
