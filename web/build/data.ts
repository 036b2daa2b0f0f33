/**
 * Figures of the repository as the pages fetch them.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import type { MeasuredPass } from "../../bench/length_report.ts";
import {
  bitsSeries,
  type ChartData,
  curveSeries,
  lengthData,
  table1Rows,
  table4Rows,
} from "./chart_data.ts";
import { fitCosts } from "./cost_fit.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/**
 * Writes the figures.
 *
 * @param folder Folder of the files.
 */
export async function writeData(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const lengths: Record<string, MeasuredPass[]> = await readJson("bench/length_results.json");
  const charts = await readCharts(lengths);
  const cost = fitCosts(lengths.wasm);
  for (const [name, value] of Object.entries({ cost, charts })) {
    await Deno.writeTextFile(join(folder, `${name}.json`), JSON.stringify(value));
  }
}

async function readCharts(lengths: Readonly<Record<string, MeasuredPass[]>>): Promise<ChartData> {
  const [table1, table4, curve] = await Promise.all([
    readJson("bench/table1/results.json"),
    readJson("bench/table4/results.json"),
    Deno.readTextFile(join(ROOT, "demo/model/curve.csv")),
  ]);
  const backends = Object.entries(lengths);
  return {
    table1: { machine: table1.machine, rows: table1Rows(table1.table) },
    bits: bitsSeries(table1.chart),
    length: Object.fromEntries(backends.map(([name, passes]) => [name, lengthData(passes)])),
    table4: { machine: table4.machine, rows: table4Rows(table4.measured) },
    curve: curveSeries(curve),
  };
}

/** Reads a file that another program of ours writes. */
// deno-lint-ignore no-explicit-any
async function readJson(path: string): Promise<any> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, path)));
}
