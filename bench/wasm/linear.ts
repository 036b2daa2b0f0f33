/**
 * Figures of a linear layer, with each data type of weights.
 *
 * @module
 */
import { DATA_TYPES } from "../../tensor/data_type.ts";
import { Random } from "../../tensor/random.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measure } from "../measure.ts";
import { finish, randomFloats } from "../finish.ts";
import { ROW } from "../roberta_base.ts";
import { formatRatio, formatSpeed, type Row } from "./figure.ts";

const TOKENS = 4096;

/**
 * Measures one thread and one per core, interleaved.
 *
 * @param limit Peak GFLOPS of one thread.
 * @returns Rows for both and for their ratio, for each data type.
 */
export async function measureLinear(limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const dtype of DATA_TYPES) {
    const backends = [
      await WasmBackend.open({ threads: 1, dtype }),
      await WasmBackend.open({ dtype }),
    ];
    const runs = backends.map((backend) => {
      const x = randomFloats(backend, [1, TOKENS, ROW]);
      const weight = backend.weight(new Random(1).normals(ROW * ROW), [ROW, ROW]);
      return () => finish(backend, () => backend.linear(x, weight));
    });
    const times = await measure(runs, { warmups: 3, repeats: 9 });
    for (const [i, { threads }] of backends.entries()) {
      const what = `linear ${TOKENS}×${ROW}×${ROW}, ${dtype}`;
      const speed = { what, threads, seconds: times[i], flop: 2 * TOKENS * ROW * ROW };
      rows.push(formatSpeed(speed, limit, dtype === "fp32" && threads === 1 ? 90 : undefined));
    }
    const { threads } = backends[1];
    const ratio = (times[0] / times[1]).toFixed(2);
    rows.push(
      formatRatio(`1 thread ÷ ${threads} threads`, ratio, `≥ ${(0.95 * threads).toFixed(1)}`),
    );
    backends.forEach((backend) => backend.dispose());
  }
  return rows;
}
