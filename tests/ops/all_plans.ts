/** The plans of all operations. */
import { ATTENTION_PLANS } from "./attention_plans.ts";
import { GRADIENT_PLANS } from "./gradient_plans.ts";
import { LAYER_PLANS } from "./layer_plans.ts";
import type { Plans } from "./plan_cases.ts";
import { ROW_PLANS } from "./row_plans.ts";
import { SELECT_PLANS } from "./select_plans.ts";

/** A valid call of each operation, and calls that are refused. */
export const PLANS: Plans = {
  ...ATTENTION_PLANS,
  ...GRADIENT_PLANS,
  ...LAYER_PLANS,
  ...ROW_PLANS,
  ...SELECT_PLANS,
};
