/**
 * Which heads of which families were held against goldens.
 *
 * @module
 */
import type { VerifyResult } from "./verify.ts";

/** What the table needs of a result. */
export type ModelResult = Pick<VerifyResult, "model" | "backend" | "passed">;

/**
 * A table of families and heads, in Markdown.
 *
 * @param results Results of cases, on one backend or several; those without a model are left out.
 * @returns The lines. A cell has the number of cases that passed on each backend; where some did not
 * pass, how many did on which.
 */
export function supportTable(results: readonly ModelResult[]): string[] {
  const models = results.flatMap(({ model, ...rest }) => model ? [{ ...model, ...rest }] : []);
  const families = [...new Set(models.map(({ family }) => family))].sort();
  const heads = [...new Set(models.map(({ head }) => head))];
  const rows = families.map((family) => [
    family,
    ...heads.map((head) => cell(models.filter((of) => of.family === family && of.head === head))),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(["", ...heads]), line(["---", ...heads.map(() => "---:")]), ...rows.map(line)];
}

function cell(results: readonly ModelResult[]): string {
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
