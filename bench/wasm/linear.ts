/**
 * A linear layer on one thread and on all, with each form of weights.
 *
 * @module
 */
import { DATA_TYPES } from "../../tensor/data_type.ts";
import { Random } from "../../tensor/random.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { measure } from "../measure.ts";
import { finish, randomFloats } from "../finish.ts";
import { ROW } from "../roberta_base.ts";
import { ratioRow, type Row, speedRow } from "./figure.ts";

const TOKENS = 4096;

/**
 * Measures one thread and all in turn.
 *
 * @param limit What a thread does at best, in GFLOPS.
 * @returns Lines for each form: both, and their ratio.
 */
export async function linearRows(limit: number): Promise<Row[]> {
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
      rows.push(speedRow(speed, limit, dtype === "fp32" && threads === 1 ? 90 : undefined));
    }
    const { threads } = backends[1];
    const ratio = (times[0] / times[1]).toFixed(2);
    rows.push(ratioRow(`1 thread ÷ ${threads} threads`, ratio, `≥ ${(0.95 * threads).toFixed(1)}`));
    backends.forEach((backend) => backend.dispose());
  }
  return rows;
}
