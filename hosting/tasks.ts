/**
 * The tasks of hosted models, and what a model of each can be asked.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { isJsonObject } from "../base/json.ts";

/** What a hosted model can be asked. */
export type Method =
  | "embed"
  | "classify"
  | "zero_shot"
  | "tag"
  | "answer"
  | "fill_mask"
  | "write"
  | "generate"
  | "tokenize"
  | "decode";

/** A task of a hosted model, by its pipeline's name. */
export type HostedTask =
  | "feature-extraction"
  | "text-classification"
  | "zero-shot-classification"
  | "token-classification"
  | "question-answering"
  | "fill-mask"
  | "summarization"
  | "text2text-generation"
  | "translation"
  | "text-generation";

/** Methods of each task, its own one first; those of the tokenizer come to all of them. */
const METHODS: Readonly<Record<HostedTask, readonly Method[]>> = {
  "feature-extraction": ["embed"],
  "text-classification": ["classify"],
  "zero-shot-classification": ["zero_shot", "classify"],
  "token-classification": ["tag"],
  "question-answering": ["answer"],
  "fill-mask": ["fill_mask"],
  "summarization": ["write"],
  "text2text-generation": ["write"],
  "translation": ["write"],
  "text-generation": ["generate"],
};

/** All tasks. */
export const HOSTED_TASKS = Object.keys(METHODS) as HostedTask[];

/**
 * What a model of a task can be asked.
 *
 * @param task The task.
 * @returns The methods.
 */
export function methodsOf(task: HostedTask): readonly Method[] {
  return [...METHODS[task], "tokenize", "decode"];
}

/** Tasks by the ends of the classes that a config names. */
const TASK_OF_CLASS: readonly (readonly [RegExp, HostedTask])[] = [
  [/ForSequenceClassification$/, "text-classification"],
  [/ForTokenClassification$/, "token-classification"],
  [/ForQuestionAnswering$/, "question-answering"],
  [/ForMaskedLM$/, "fill-mask"],
  [/ForConditionalGeneration$/, "text2text-generation"],
  [/ForCausalLM$/, "text-generation"],
  [/Model$/, "feature-extraction"],
];

/**
 * Chooses the task of a checkpoint.
 *
 * @param config Its config.json, which is untrusted.
 * @param isSentenceTransformer Whether it has sentence-transformers' modules.
 * @returns The task.
 * @throws {RangeError} If the config names no class that has one.
 */
export function chooseTask(config: unknown, isSentenceTransformer: boolean): HostedTask {
  if (isSentenceTransformer) return "feature-extraction";
  const { architectures = [], id2label, task_specific_params: tasks } = isJsonObject(config)
    ? config
    : {};
  const [name] = Array.isArray(architectures) ? architectures : [];
  const found = TASK_OF_CLASS.find(([end]) => typeof name === "string" && end.test(name))?.[1];
  if (found === undefined) {
    throw new RangeError(
      `Cannot choose a task for the class ${showValue(name)} of config.json: wanted a task, one ` +
        `of ${HOSTED_TASKS.join(", ")}`,
    );
  }
  if (found === "text2text-generation" && isJsonObject(tasks) && "summarization" in tasks) {
    return "summarization";
  }
  const labels = isJsonObject(id2label) ? Object.values(id2label) : [];
  const entails = labels.some((label) => /^entail/i.test(String(label)));
  return found === "text-classification" && entails ? "zero-shot-classification" : found;
}
