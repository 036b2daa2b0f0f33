/**
 * Cases that `verify` runs.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import type { Comparison } from "./compare.ts";

/** Model of a case. */
export interface VerifiedModel {
  /** Model family, spelled as in `model_type`. */
  readonly family: string;
  /** Head, spelled as in class names after `For`. */
  readonly head: string;
}

/** A computation that is compared with a golden. */
export interface VerifyCase {
  /** Name in the form `pattern/case`. */
  readonly name: string;
  /** Package or dense reference that computed the golden. */
  readonly source: string;
  /** The model, if the case runs a whole model. */
  readonly model?: VerifiedModel;
  /** Whether the case does not depend on the backend, so that it runs once. */
  readonly anyBackend?: boolean;
  /** Whether it compares choices, which rounding changes. */
  readonly isChoice?: boolean;
  /** Whether it runs a rotary decoder, whose file is float16 and whose outputs have a bound in `q8`. */
  readonly ofDecoder?: boolean;
  /**
   * Computes the outputs and compares them.
   *
   * @param backend The backend; the caller disposes of it.
   * @returns One comparison per output.
   */
  run(backend: Backend): Promise<Comparison[]>;
}
