/**
 * The results as Markdown.
 *
 * @module
 */
import { formatTable } from "../table.ts";
import { comparisonTable, measured } from "./comparisons.ts";
import type { Results } from "./results.ts";
import { SUBJECTS } from "./subjects.ts";

/**
 * Makes `bench/PEERS.md`.
 *
 * @param results The last result of each subject; those that never ran are left out.
 * @returns Its lines, none longer than 100 characters but for reasons.
 */
export function peersReport(results: Results): string[] {
  const ran = SUBJECTS.filter(({ name }) => results[name]);
  const rows = ran.flatMap(({ name, task, who }) => {
    const { seconds, megabytes } = measured(results, name) ?? {};
    if (seconds === undefined) return [];
    return [[
      task.name,
      who,
      seconds.toFixed(seconds < 1 ? 3 : 2),
      (task.flop / seconds / 1e9).toFixed(0),
      megabytes?.toFixed(0) ?? "",
      results[name].peak.toFixed(1),
    ]];
  });
  const skipped = ran.flatMap(({ name, task, who, install }) => {
    const { outcome } = results[name];
    if (!("skipped" in outcome)) return [];
    const hint = install ? `; to install it: \`${install}\`` : "";
    return [`- ${task.name}, ${who}: ${outcome.skipped}${hint}`];
  });
  const versions = ran.flatMap(({ name }) => measured(results, name)?.versions.split(", ") ?? []);
  const machines = [...new Set(ran.map(({ name }) => results[name].machine))];
  return [
    ...machines.flatMap((machine) => [machine, ""]),
    "Versions:",
    "",
    ...[...new Set(versions)].sort().map((version) => `- ${version}`),
    "",
    ...formatTable(["task", "who", "seconds", "GFLOPS", "peak MB", "probe"], rows),
    "",
    ...comparisonTable(results),
    ...(skipped.length > 0 ? ["", "Skipped:", "", ...skipped] : []),
  ];
}
