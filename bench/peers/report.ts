/**
 * Report in Markdown.
 *
 * @module
 */
import { formatTable } from "../table.ts";
import { findMeasured, formatComparisons } from "./comparisons.ts";
import type { Results } from "./results.ts";
import { SUBJECTS } from "./subjects.ts";

/**
 * Formats the tables of `bench/PEERS.md`.
 *
 * @param results Last result of each subject; subjects that never ran are left out.
 * @returns Lines of at most 100 characters, except reasons.
 */
export function formatReport(results: Results): string[] {
  const ran = SUBJECTS.filter(({ name }) => results[name]);
  const rows = ran.flatMap(({ name, task, implementation }) => {
    const { seconds, megabytes, first } = findMeasured(results, name) ?? {};
    if (seconds === undefined) return [];
    return [[
      task.name,
      implementation,
      seconds.toFixed(seconds < 1 ? 3 : 2),
      (task.flop / seconds / 1e9).toFixed(0),
      first?.toFixed(2) ?? "",
      megabytes?.toFixed(0) ?? "",
      results[name].peak.toFixed(1),
    ]];
  });
  const skipped = ran.flatMap(({ name, task, implementation, install }) => {
    const { outcome } = results[name];
    if (!("skipped" in outcome)) return [];
    const hint = install ? `; to install it: \`${install}\`` : "";
    return [`- ${task.name}, ${implementation}: ${outcome.skipped}${hint}`];
  });
  const versions = ran.flatMap(({ name }) =>
    findMeasured(results, name)?.versions.split(", ") ?? []
  );
  const machines = [...new Set(ran.map(({ name }) => results[name].machine))];
  return [
    ...machines.flatMap((machine) => [machine, ""]),
    "Versions:",
    "",
    ...[...new Set(versions)].sort().map((version) => `- ${version}`),
    "",
    ...formatTable(
      ["task", "implementation", "s", "GFLOPS", "first", "MB", "probe"],
      rows,
    ),
    "",
    ...formatComparisons(results),
    ...(skipped.length > 0 ? ["", "Skipped:", "", ...skipped] : []),
  ];
}
