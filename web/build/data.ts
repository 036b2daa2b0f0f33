/**
 * Figures of the repository as the pages fetch them.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import type { MeasuredPass } from "../../bench/length_report.ts";
import { fitCosts } from "./cost_fit.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/**
 * Writes the figures.
 *
 * @param folder Folder of the files.
 */
export async function writeData(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const lengths = await readJson("bench/length_results.json") as Record<string, MeasuredPass[]>;
  const files = {
    // Two cores are measured, and a visitor's page has at least one; a graphics card was not.
    cost: fitCosts(lengths.wasm.filter(({ megabytes }) => megabytes > 0)),
  };
  for (const [name, value] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, `${name}.json`), JSON.stringify(value));
  }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, path)));
}
