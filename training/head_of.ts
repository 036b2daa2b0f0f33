/**
 * The head of a loaded model.
 *
 * @module
 */
import type { Head } from "../families/families.ts";
import {
  CausalLM,
  ConditionalGeneration,
  MaskedLM,
  MultipleChoice,
  type PreTrainedModel,
  PreTraining,
  QuestionAnswering,
  SequenceClassification,
  TokenClassification,
} from "../models/mod.ts";

const CLASSES = {
  CausalLM,
  ConditionalGeneration,
  MaskedLM,
  MultipleChoice,
  PreTraining,
  QuestionAnswering,
  SequenceClassification,
  TokenClassification,
};

/**
 * Finds the head of a model by its class.
 *
 * @param model The model.
 * @returns The head; `Model` if it has none.
 */
export function headOf(model: PreTrainedModel<unknown>): Head {
  const found = Object.entries(CLASSES).find(([, type]) => model instanceof type);
  return (found?.[0] ?? "Model") as Head;
}
