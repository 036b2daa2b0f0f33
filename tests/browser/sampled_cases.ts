import type { BackendName } from "../../ops/backend.ts";
import type { VerifyCase } from "../../verify/case.ts";

/** Of so many cases of encoder-decoders one runs on webgpu. */
const EVERY = 10;

/**
 * The cases that run in a page: all, but on webgpu a tenth of those of encoder-decoders, as a
 * graphics card that is emulated takes up to a second for each.
 *
 * @param cases All cases.
 * @param device The page's device.
 * @returns The cases to run.
 */
export function sampledCases(
  cases: readonly VerifyCase[],
  device: BackendName | "auto",
): VerifyCase[] {
  return cases.filter(({ name }, i) =>
    device !== "webgpu" || !/^(seq2seq|generation)\//.test(name) || i % EVERY === 0
  );
}
