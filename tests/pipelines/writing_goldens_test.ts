import { assertEquals } from "@std/assert";
import type { ConversionOptions } from "../../checkpoint/conversion/conversion_options.ts";
import { pipeline, type WritingOptions, type WritingTask } from "../../pipelines/mod.ts";
import { taskModel } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

interface WritingGoldens {
  readonly models: readonly {
    readonly source: string;
    readonly task: WritingTask;
    readonly lsg: ConversionOptions | null;
    readonly texts: readonly string[];
    readonly cases: readonly {
      readonly name: string;
      readonly options: WritingOptions & { readonly globals?: boolean };
      /** What is written about each text. */
      readonly results: readonly (readonly string[])[];
    }[];
  }[];
}

const KEYS: Readonly<Record<WritingTask, string>> = {
  "summarization": "summary_text",
  "text2text-generation": "generated_text",
  "translation": "translation_text",
};

const { models }: WritingGoldens = JSON.parse(
  await Deno.readTextFile(new URL("../golden/pipelines/writing.json", import.meta.url)),
);

for (const { source, task, lsg, texts, cases } of models) {
  const title = `${task} as in Python: ${source}${lsg ? ", LSG" : ""}: ${cases[0].name}`;
  Deno.test(title, async () => {
    const folder = taskModel(source.replace("pipelines/", ""));
    using writer = await pipeline(task, folder, { device: "cpu", ...(lsg && { lsg }) });
    for (const { name, options: { globals, ...options }, results } of cases) {
      const wanted = results.flat().map((text) => ({ [KEYS[task]]: text }));
      // Python's pipelines mark no token of an LED; the goldens do, but for a case.
      const global_attention_mask = globals === false
        ? texts.map(() => Array<number>(100).fill(0))
        : undefined;
      // All texts together.
      const written = await writer([...texts], { ...options, global_attention_mask });
      assertEquals<unknown>(written, wanted, name);
    }
  });
}
