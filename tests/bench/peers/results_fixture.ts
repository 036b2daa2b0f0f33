import type { Result, Results } from "../../../bench/peers/results.ts";
import type { Subject } from "../../../bench/peers/subjects.ts";

/** Makes the result of a measured subject. */
export function result(seconds: number, megabytes: number | null = 500): Result {
  const outcome = { seconds, megabytes, versions: "b 2, a 1", first: 1.25 };
  return { outcome, machine: "2 cores, 2026-02-03", peak: 44.61 };
}

/** Makes the same result for each subject. */
export function makeResults(subjects: readonly Subject[]): Results {
  return Object.fromEntries(subjects.map(({ name }) => [name, result(123.456, 12345)]));
}
