/**
 * What `verify` runs.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import type { Comparison } from "./compare.ts";

/** The model that a case runs. */
export interface VerifiedModel {
  /** Its family, as `model_type` spells it. */
  readonly family: string;
  /** Its head, as class names spell it after `For`. */
  readonly head: string;
}

/** One comparison with a golden. */
export interface VerifyCase {
  /** `pattern/case`. */
  readonly name: string;
  /** Which package or dense form made the golden. */
  readonly source: string;
  /** The model, if it is a whole one. */
  readonly model?: VerifiedModel;
  /** Whether the backend does not matter, so that it runs only once. */
  readonly anyBackend?: boolean;
  /**
   * Computes and compares.
   *
   * @param backend What computes; the caller keeps it.
   * @returns One comparison for each output.
   */
  run(backend: Backend): Promise<Comparison[]>;
}
