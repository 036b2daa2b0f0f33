/**
 * How near a model's summaries are to those of the examples.
 *
 * @module
 */
import { drawBar } from "../base/draw_bar.ts";
import { showName } from "../base/show_value.ts";
import type { SummarizationPipeline, WritingOptions } from "../pipelines/mod.ts";
import { type ExampleData, openExamples } from "../training/data/examples.ts";
import { Fields } from "../training/data/fields.ts";
import { type Rouge, rouge } from "./rouge.ts";

/** Names of the summary in an example. */
const TARGETS = ["summary", "text_target", "target"] as const;

/**
 * Lets a model summarise the texts of examples, and compares with their summaries.
 *
 * @param summarizer The model's pipeline.
 * @param data The examples.
 * @param options Whether long texts are truncated, and how long a summary may be.
 * @param show Shows the progress, if it is shown.
 * @returns The mean scores, from 0 to 1, of stemmed words.
 * @throws {TypeError} If an example has no text or no summary.
 */
export async function evaluateSummaries(
  summarizer: SummarizationPipeline,
  data: ExampleData,
  options: Pick<WritingOptions, "truncation" | "max_length">,
  show: (text: string) => void = () => {},
): Promise<Rouge> {
  const examples = await openExamples(data, "eval");
  const sum = { rouge1: 0, rouge2: 0, rougeL: 0 };
  for (let i = 0; i < examples.length; i++) {
    show(`Writing ${drawBar(i / examples.length)} summary ${i + 1} of ${examples.length}`);
    const example = await examples.at(i);
    const { value, where } = example;
    const fields = new Fields(example);
    const name = TARGETS.find((target) => fields.has(target)) ?? TARGETS[0];
    const [text, reference] = [value.text, value[name]].map((field, at) => {
      if (typeof field === "string") return field;
      const missing = at === 0 ? "text" : name;
      throw new TypeError(`Cannot compare ${showName(where)}: it has no ${missing}`);
    });
    const [{ summary_text }] = await summarizer(text, options);
    const scores = rouge(summary_text, reference);
    for (const key of ["rouge1", "rouge2", "rougeL"] as const) {
      sum[key] += scores[key] / examples.length;
    }
  }
  return sum;
}
