/**
 * The rules of all operations that have a gradient.
 *
 * @module
 */
import type { Operations } from "../backend.ts";
import type { Operation } from "../operation.ts";
import { activationRule } from "./activation.ts";
import { addRule } from "./add.ts";
import { attendRule, attendWithSumsRule } from "./attend.ts";
import { concatRowsRule } from "./concat_rows.ts";
import { dropoutRule } from "./dropout.ts";
import { embedRule } from "./embed.ts";
import { feedForwardRule } from "./feed_forward.ts";
import { gatherRowsRule } from "./gather_rows.ts";
import { layerNormRule } from "./layer_norm.ts";
import { linearRule } from "./linear.ts";
import { multiplyRule } from "./multiply.ts";
import { rmsNormRule } from "./rms_norm.ts";
import { rotateRule } from "./rotate.ts";
import { scatterRowsRule } from "./scatter_rows.ts";
import {
  selectBlockStrideRule,
  selectLshRule,
  selectNormRule,
  selectPoolingRule,
  selectStrideRule,
} from "./select.ts";
import { selectBosPoolingRule } from "./select_bos_pooling.ts";
import type { GradientRule, RuleOf } from "./gradient_rule.ts";

const RULES: { readonly [Name in keyof Operations]?: GradientRule<Operations[Name]> } = {
  activation: activationRule,
  add: addRule,
  attend: attendRule,
  attendWithSums: attendWithSumsRule,
  concatRows: concatRowsRule,
  dropout: dropoutRule,
  embed: embedRule,
  feedForward: feedForwardRule,
  gatherRows: gatherRowsRule,
  layerNorm: layerNormRule,
  linear: linearRule,
  multiply: multiplyRule,
  rmsNorm: rmsNormRule,
  rotate: rotateRule,
  scatterRows: scatterRowsRule,
  selectBlockStride: selectBlockStrideRule,
  selectBosPooling: selectBosPoolingRule,
  selectLsh: selectLshRule,
  selectNorm: selectNormRule,
  selectPooling: selectPoolingRule,
  selectStride: selectStrideRule,
};

/**
 * Finds how an operation is differentiated.
 *
 * @param operation Its description.
 * @returns Its rule; empty if it cannot be differentiated.
 */
export function ruleOf(operation: Operation): RuleOf {
  return RULES[operation.name as keyof Operations] ?? {};
}
