/**
 * Calls a kernel by its number.
 *
 * Made by `deno task build:wasm` from the definitions in wasm/; do not edit.
 */

import {
  ActivationArguments,
  AddArguments,
  AttendArguments,
  AttendCachedArguments,
  AttendFeaturesArguments,
  AttendHashedArguments,
  ConcatRowsArguments,
  EmbedArguments,
  FeedForwardArguments,
  GatherRowsArguments,
  HalveArguments,
  LayerNormArguments,
  LinearArguments,
  MultiplyArguments,
  RmsNormArguments,
  RotateArguments,
  ScatterRowsArguments,
  SelectArguments,
  TopScoresArguments,
  WriteRowsArguments,
  PackWeightsArguments,
} from "./arguments";
import { activation } from "./activation";
import { add } from "./add";
import { attend } from "./attend";
import { attendCached } from "./attend_cached";
import { attendFeatures } from "./attend_features";
import { attendHashed } from "./attend_hashed";
import { concatRows } from "./concat_rows";
import { embed } from "./embed";
import { feedForward } from "./feed_forward";
import { gatherRows } from "./gather_rows";
import { halve } from "./halve";
import { layerNorm } from "./layer_norm";
import { linear } from "./linear";
import { multiply } from "./multiply";
import { rmsNorm } from "./rms_norm";
import { rotate } from "./rotate";
import { scatterRows } from "./scatter_rows";
import { select } from "./select";
import { topScores } from "./top_scores";
import { writeRows } from "./write_rows";
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
    case 2: return add(changetype<AddArguments>(args), thread, threads, scratch);
    case 3: return attend(changetype<AttendArguments>(args), thread, threads, scratch);
    case 4: return attendCached(changetype<AttendCachedArguments>(args), thread, threads, scratch);
    case 5: return attendFeatures(changetype<AttendFeaturesArguments>(args), thread, threads, scratch);
    case 6: return attendHashed(changetype<AttendHashedArguments>(args), thread, threads, scratch);
    case 7: return concatRows(changetype<ConcatRowsArguments>(args), thread, threads, scratch);
    case 8: return embed(changetype<EmbedArguments>(args), thread, threads, scratch);
    case 9: return feedForward(changetype<FeedForwardArguments>(args), thread, threads, scratch);
    case 10: return gatherRows(changetype<GatherRowsArguments>(args), thread, threads, scratch);
    case 11: return halve(changetype<HalveArguments>(args), thread, threads, scratch);
    case 12: return layerNorm(changetype<LayerNormArguments>(args), thread, threads, scratch);
    case 13: return linear(changetype<LinearArguments>(args), thread, threads, scratch);
    case 14: return multiply(changetype<MultiplyArguments>(args), thread, threads, scratch);
    case 15: return rmsNorm(changetype<RmsNormArguments>(args), thread, threads, scratch);
    case 16: return rotate(changetype<RotateArguments>(args), thread, threads, scratch);
    case 17: return scatterRows(changetype<ScatterRowsArguments>(args), thread, threads, scratch);
    case 18: return select(changetype<SelectArguments>(args), thread, threads, scratch);
    case 19: return topScores(changetype<TopScoresArguments>(args), thread, threads, scratch);
    case 20: return writeRows(changetype<WriteRowsArguments>(args), thread, threads, scratch);
    case 21: return packWeights(changetype<PackWeightsArguments>(args), thread, threads, scratch);
    default: unreachable();
  }
}
