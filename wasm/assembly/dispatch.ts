/**
 * Calls a kernel by its number.
 *
 * Made by `deno task build:wasm` from the definitions in wasm/; do not edit.
 */

import {
  ActivationArguments,
  ActivationGradientArguments,
  AdamWArguments,
  AddArguments,
  AddToRowsArguments,
  AttendArguments,
  AttendCachedArguments,
  AttendFeaturesArguments,
  AttendGradientArguments,
  AttendHashedArguments,
  ConcatRowsArguments,
  DropoutArguments,
  EmbedArguments,
  FeedForwardArguments,
  GatherRowsArguments,
  HalveArguments,
  HeadProductsArguments,
  LayerNormArguments,
  LinearArguments,
  LinearInputsArguments,
  MultiplyArguments,
  NormGradientArguments,
  QuantizeHeadsArguments,
  RmsNormArguments,
  RotateArguments,
  ScatterRowsArguments,
  SelectArguments,
  SparseListGradientArguments,
  SumRowsArguments,
  SumSquaresArguments,
  TopScoresArguments,
  WeightGradientArguments,
  WriteRowsArguments,
  ClearArguments,
  PackWeightsArguments,
} from "./arguments";
import { activation } from "./activation";
import { activationGradient } from "./activation_gradient";
import { adamW } from "./adam_w";
import { add } from "./add";
import { addToRows } from "./add_to_rows";
import { attend } from "./attend";
import { attendCached } from "./attend_cached";
import { attendFeatures } from "./attend_features";
import { attendGradient } from "./attend_gradient";
import { attendHashed } from "./attend_hashed";
import { concatRows } from "./concat_rows";
import { dropout } from "./dropout";
import { embed } from "./embed";
import { feedForward } from "./feed_forward";
import { gatherRows } from "./gather_rows";
import { halve } from "./halve";
import { headProducts } from "./head_products";
import { layerNorm } from "./layer_norm";
import { linear } from "./linear";
import { linearInputs } from "./linear_inputs";
import { multiply } from "./multiply";
import { normGradient } from "./norm_gradient";
import { quantizeHeads } from "./quantize_heads";
import { rmsNorm } from "./rms_norm";
import { rotate } from "./rotate";
import { scatterRows } from "./scatter_rows";
import { select } from "./select";
import { sparseListGradient } from "./sparse_list_gradient";
import { sumRows } from "./sum_rows";
import { sumSquares } from "./sum_squares";
import { topScores } from "./top_scores";
import { weightGradient } from "./weight_gradient";
import { writeRows } from "./write_rows";
import { clear } from "./clear";
import { packWeights } from "./pack_weights";

/**
 * Runs one operation.
 *
 * @param operation The number of its kernel.
 * @param args Address of its arguments.
 * @param thread This thread's number.
 * @param threads Number of threads that run it.
 * @param scratch This thread's scratch memory.
 */
export function runOne(
  operation: i32, args: usize, thread: i32, threads: i32, scratch: usize,
): void {
  switch (operation) {
    case 1: return activation(changetype<ActivationArguments>(args), thread, threads, scratch);
    case 2: return activationGradient(changetype<ActivationGradientArguments>(args), thread, threads, scratch);
    case 3: return adamW(changetype<AdamWArguments>(args), thread, threads, scratch);
    case 4: return add(changetype<AddArguments>(args), thread, threads, scratch);
    case 5: return addToRows(changetype<AddToRowsArguments>(args), thread, threads, scratch);
    case 6: return attend(changetype<AttendArguments>(args), thread, threads, scratch);
    case 7: return attendCached(changetype<AttendCachedArguments>(args), thread, threads, scratch);
    case 8: return attendFeatures(changetype<AttendFeaturesArguments>(args), thread, threads, scratch);
    case 9: return attendGradient(changetype<AttendGradientArguments>(args), thread, threads, scratch);
    case 10: return attendHashed(changetype<AttendHashedArguments>(args), thread, threads, scratch);
    case 11: return concatRows(changetype<ConcatRowsArguments>(args), thread, threads, scratch);
    case 12: return dropout(changetype<DropoutArguments>(args), thread, threads, scratch);
    case 13: return embed(changetype<EmbedArguments>(args), thread, threads, scratch);
    case 14: return feedForward(changetype<FeedForwardArguments>(args), thread, threads, scratch);
    case 15: return gatherRows(changetype<GatherRowsArguments>(args), thread, threads, scratch);
    case 16: return halve(changetype<HalveArguments>(args), thread, threads, scratch);
    case 17: return headProducts(changetype<HeadProductsArguments>(args), thread, threads, scratch);
    case 18: return layerNorm(changetype<LayerNormArguments>(args), thread, threads, scratch);
    case 19: return linear(changetype<LinearArguments>(args), thread, threads, scratch);
    case 20: return linearInputs(changetype<LinearInputsArguments>(args), thread, threads, scratch);
    case 21: return multiply(changetype<MultiplyArguments>(args), thread, threads, scratch);
    case 22: return normGradient(changetype<NormGradientArguments>(args), thread, threads, scratch);
    case 23: return quantizeHeads(changetype<QuantizeHeadsArguments>(args), thread, threads, scratch);
    case 24: return rmsNorm(changetype<RmsNormArguments>(args), thread, threads, scratch);
    case 25: return rotate(changetype<RotateArguments>(args), thread, threads, scratch);
    case 26: return scatterRows(changetype<ScatterRowsArguments>(args), thread, threads, scratch);
    case 27: return select(changetype<SelectArguments>(args), thread, threads, scratch);
    case 28: return sparseListGradient(changetype<SparseListGradientArguments>(args), thread, threads, scratch);
    case 29: return sumRows(changetype<SumRowsArguments>(args), thread, threads, scratch);
    case 30: return sumSquares(changetype<SumSquaresArguments>(args), thread, threads, scratch);
    case 31: return topScores(changetype<TopScoresArguments>(args), thread, threads, scratch);
    case 32: return weightGradient(changetype<WeightGradientArguments>(args), thread, threads, scratch);
    case 33: return writeRows(changetype<WriteRowsArguments>(args), thread, threads, scratch);
    case 34: return clear(changetype<ClearArguments>(args), thread, threads, scratch);
    case 35: return packWeights(changetype<PackWeightsArguments>(args), thread, threads, scratch);
    default: unreachable();
  }
}
