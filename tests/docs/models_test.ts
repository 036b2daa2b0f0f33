/** The models that docs/models.md names: families and heads that the library has. */
import { assert, assertEquals } from "@std/assert";
import { FAMILIES, type Head, type ModelType } from "../../families/families.ts";
import type { PipelineTask } from "../../pipelines/mod.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";

/** The head that each task needs, other names of tasks left out. */
const TASKS: Readonly<
  Record<Exclude<PipelineTask, "embeddings" | "ner" | "sentiment-analysis">, Head>
> = {
  "feature-extraction": "Model",
  "fill-mask": "MaskedLM",
  "question-answering": "QuestionAnswering",
  "summarization": "ConditionalGeneration",
  "text-classification": "SequenceClassification",
  "text-generation": "CausalLM",
  "text2text-generation": "ConditionalGeneration",
  "token-classification": "TokenClassification",
  "translation": "ConditionalGeneration",
  "zero-shot-classification": "SequenceClassification",
};

const page = readRepositoryFile("docs/models.md");

/** A line of a table, with the tasks that it, or the heading above, names. */
interface Row {
  readonly tasks: readonly string[];
  readonly models: readonly string[];
  readonly family: string;
  readonly text: string;
}

function rowsOf(text: string): Row[] {
  const tasksOf = (line: string) =>
    [...line.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => name).filter((name) => name in TASKS);
  let heading = "";
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("## ")) heading = line;
    const models = [...line.matchAll(/`([\w.-]+\/[\w.-]+)`/g)].map(([, name]) => name);
    if (!line.startsWith("| ") || models.length === 0) continue;
    const tasks = tasksOf(line).length > 0 ? tasksOf(line) : tasksOf(heading);
    const cells = line.split("|").map((cell) => cell.trim().match(/^`([a-z0-9_-]+)`$/)?.[1]);
    const family = cells.find((name) => name !== undefined && !(name in TASKS)) ?? "";
    rows.push({ tasks, models, family, text: line });
  }
  return rows;
}

const rows = rowsOf(page);

for (const { tasks, models, family, text } of rows) {
  Deno.test(`the library has the family and the heads of ${models.join(", ")}`, () => {
    const found = FAMILIES[family as ModelType];
    assert(found !== undefined, `there is no family ${family}`);
    assert(tasks.length > 0);
    for (const task of tasks) {
      const head = TASKS[task as keyof typeof TASKS];
      assert(head === "Model" || head in found.heads, `${family} has no ${head}`);
    }
    if (text.includes("`lsg`")) assert(found.converts, `${family} does not convert to LSG`);
  });
}

Deno.test("the page names models for every task but text2text-generation", () => {
  const named = new Set(rows.flatMap(({ tasks }) => tasks));
  assertEquals(
    Object.keys(TASKS).filter((task) => !named.has(task)),
    ["text2text-generation"],
  );
});

Deno.test("the page lists the families that load", () => {
  const [, list] = page.match(/with a `model_type` of ([^;]+);/s)!;
  assertEquals(list.split(/,\s+|\s+or\s+/).map((name) => name.trim()), Object.keys(FAMILIES));
});
