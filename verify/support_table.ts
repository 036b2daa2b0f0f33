/**
 * Table of the families and heads that are verified.
 *
 * @module
 */
import type { VerifyResult } from "./verify.ts";

/** The part of a result that the table needs. */
export type ModelResult = Pick<VerifyResult, "model" | "backend" | "passed">;

/**
 * Formats a Markdown table of families and heads.
 *
 * @param results Results of cases on one or more backends; those without a model are left out.
 * @returns Lines. A cell has the number of cases that passed on every backend or, if some failed, how
 * many passed on which backend.
 */
export function formatSupport(results: readonly ModelResult[]): string[] {
  const models = results.flatMap(({ model, ...rest }) => model ? [{ ...model, ...rest }] : []);
  const families = [...new Set(models.map(({ family }) => family))].sort();
  const heads = [...new Set(models.map(({ head }) => head))];
  const rows = families.map((family) => [
    family,
    ...heads.map((head) =>
      formatCell(models.filter((of) => of.family === family && of.head === head))
    ),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(["", ...heads]), line(["---", ...heads.map(() => "---:")]), ...rows.map(line)];
}

function formatCell(results: readonly ModelResult[]): string {
  const backends = [...new Set(results.map(({ backend }) => backend))];
  const counts = backends.map((backend) => {
    const own = results.filter((result) => result.backend === backend);
    return { backend, passed: own.filter(({ passed }) => passed).length, all: own.length };
  });
  const failed = counts.filter(({ passed, all }) => passed < all);
  if (failed.length > 0) {
    return failed.map(({ backend, passed, all }) => `${passed} of ${all} on ${backend}`).join(", ");
  }
  return counts.length === 0 ? "" : String(Math.min(...counts.map(({ passed }) => passed)));
}
