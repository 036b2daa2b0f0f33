/** The cases of every operation. */
import type { OperationName } from "../../ops/backend.ts";
import { type ActivationBound, activationCases } from "./activation_cases.ts";
import { type AdamWBound, adamWCases } from "./adam_w_cases.ts";
import { addCases } from "./add_cases.ts";
import { attendCases } from "./attend_cases.ts";
import { attendCachedCases } from "./attend_cached_cases.ts";
import { attendFeaturesCases, type FeatureBound } from "./attend_features_cases.ts";
import { attendHashedCases, type HashedBound } from "./attend_hashed_cases.ts";
import {
  attendGradientCases,
  attendKeyGradientCases,
  attendQueryGradientCases,
  attendWithSumsCases,
  headProductsCases,
  type SweepBounds,
} from "./attend_gradient_cases.ts";
import type { AttendBounds } from "./check_attend.ts";
import type { ComparedBackends, Step, Steps } from "./compared_backends.ts";
import { concatRowsCases } from "./concat_rows_cases.ts";
import { dropoutCases } from "./dropout_cases.ts";
import { embedCases } from "./embed_cases.ts";
import { feedForwardCases } from "./feed_forward_cases.ts";
import { gatherRowsCases } from "./gather_rows_cases.ts";
import { halveCases } from "./halve_cases.ts";
import {
  activationGradientCases,
  addToRowsCases,
  linearInputsCases,
  normGradientCases,
  type SlopeBound,
  sparseListGradientCases,
  sumRowsCases,
  sumSquaresCases,
  weightGradientCases,
} from "./gradient_cases.ts";
import { layerNormCases } from "./layer_norm_cases.ts";
import { linearCases } from "./linear_cases.ts";
import { multiplyCases } from "./multiply_cases.ts";
import { quantizeHeadsCases } from "./quantize_heads_cases.ts";
import { rmsNormCases } from "./rms_norm_cases.ts";
import { rotateCases } from "./rotate_cases.ts";
import { scatterRowsCases } from "./scatter_rows_cases.ts";
import { selectCases, type SelectCheck, type SelectName } from "./select_cases.ts";
import { type LogSumBound, topScoresCases } from "./top_scores_cases.ts";
import { writeRowsCases } from "./write_rows_cases.ts";

/** How far a backend may be off, where that differs from backend to backend. */
export interface Bounds {
  readonly activation: ActivationBound;
  readonly adamW: AdamWBound;
  readonly attend: AttendBounds;
  readonly features: FeatureBound;
  readonly hashed: HashedBound;
  readonly logSum: LogSumBound;
  /** The last roundings of a norm, in units of the result; see layer_norm_cases.ts. */
  readonly norm: number;
  readonly select: SelectCheck;
  readonly slope: SlopeBound;
  readonly sweep: SweepBounds;
}

/** The cases of an operation: its steps on the kinds of a backend. */
export type Cases = (backends: ComparedBackends, step: Step, bounds: Bounds) => Promise<void>;

/** Cases that one backend adds to those of all, at the edges of its own tiles for example. */
export type Edges = { readonly [Name in OperationName]?: Steps };

const select = (name: SelectName): Cases => (backends, step, bounds) =>
  selectCases(backends, step, name, bounds.select);

/** The cases of all backends. */
export const CASES: { readonly [Name in OperationName]: Cases } = {
  activation: (backends, step, bounds) => activationCases(backends, step, bounds.activation),
  activationGradient: (backends, step, bounds) =>
    activationGradientCases(backends, step, bounds.slope),
  adamW: (backends, step, bounds) => adamWCases(backends, step, bounds.adamW),
  add: addCases,
  addToRows: addToRowsCases,
  attend: (backends, step, bounds) => attendCases(backends, step, bounds.attend),
  attendCached: (backends, step, bounds) => attendCachedCases(backends, step, bounds.attend),
  attendFeatures: (backends, step, bounds) => attendFeaturesCases(backends, step, bounds.features),
  attendHashed: (backends, step, bounds) => attendHashedCases(backends, step, bounds.hashed),
  attendGradient: (backends, step, bounds) => attendGradientCases(backends, step, bounds.sweep),
  attendKeyGradient: (backends, step, bounds) =>
    attendKeyGradientCases(backends, step, bounds.sweep),
  attendQueryGradient: (backends, step, bounds) =>
    attendQueryGradientCases(backends, step, bounds.sweep),
  attendWithSums: (backends, step, bounds) =>
    attendWithSumsCases(backends, step, bounds.sweep, bounds.attend),
  concatRows: concatRowsCases,
  dropout: dropoutCases,
  embed: embedCases,
  feedForward: (backends, step, bounds) => feedForwardCases(backends, step, bounds.activation),
  gatherRows: gatherRowsCases,
  halve: (backends, step, bounds) => halveCases(backends, step, bounds.attend),
  headProducts: headProductsCases,
  layerNorm: (backends, step, bounds) => layerNormCases(backends, step, bounds.norm),
  linear: (backends, step, bounds) => linearCases(backends, step, bounds.activation),
  linearInputs: linearInputsCases,
  multiply: multiplyCases,
  normGradient: (backends, step, bounds) => normGradientCases(backends, step, bounds.norm),
  quantizeHeads: (backends, step, bounds) => quantizeHeadsCases(backends, step, bounds.attend),
  rmsNorm: (backends, step, bounds) => rmsNormCases(backends, step, bounds.norm),
  rotate: rotateCases,
  scatterRows: scatterRowsCases,
  selectBlockStride: select("selectBlockStride"),
  selectBosPooling: select("selectBosPooling"),
  selectLsh: select("selectLsh"),
  selectNorm: select("selectNorm"),
  selectPooling: select("selectPooling"),
  selectStride: select("selectStride"),
  sparseListGradient: sparseListGradientCases,
  sumRows: sumRowsCases,
  sumSquares: sumSquaresCases,
  topScores: (backends, step, bounds) => topScoresCases(backends, step, bounds.logSum),
  weightGradient: weightGradientCases,
  writeRows: writeRowsCases,
};
