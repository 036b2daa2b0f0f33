/**
 * Script that `bench/start.ts` runs: loads a pipeline or a tokenizer, gives one answer, and prints
 * when each stage ended and how long all threads had run by then.
 *
 * @module
 */
import type { PipelineTask } from "../../mod.ts";

// Not literals: Deno loads what literals name before the program starts.
const MODULES = {
  all: new URL("../../mod.ts", import.meta.url).href,
  pipelines: new URL("../../pipelines/mod.ts", import.meta.url).href,
  tokenizer: new URL("../../tokenizer/mod.ts", import.meta.url).href,
};

/** What the script does. */
export interface Program {
  /** The pipeline's task; absent: only the tokenizer is loaded, and its answer is ids. */
  readonly task?: "fill-mask" | "feature-extraction";
  /** The checkpoint's folder; absent: nothing is imported, which is the limit. */
  readonly folder?: string;
  /** The text. */
  readonly text: string;
  /** Where the model runs. */
  readonly device?: "wasm" | "cpu";
  /** Whether all of the library is imported, not pipelines alone. */
  readonly importsAll?: boolean;
}

/** The end of a stage. */
export interface StageEnd {
  /** Its name. */
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds that all threads of the process have run. */
  readonly processor: number;
}

/** Milliseconds that all threads have run; 0 where Linux does not tell. */
function processorTime(): number {
  try {
    const threads = [...Deno.readDirSync("/proc/self/task")];
    const times = threads.map(({ name }) =>
      Number(Deno.readTextFileSync(`/proc/self/task/${name}/schedstat`).split(" ")[0])
    );
    return times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return 0;
  }
}

async function main({ task, folder, text, device, importsAll }: Program): Promise<StageEnd[]> {
  const ends: StageEnd[] = [];
  const end = (stage: string) => {
    const time = performance.timeOrigin + performance.now();
    ends.push({ stage, time, processor: processorTime() });
  };
  end("Deno");
  if (folder === undefined) return ends;
  const entry = importsAll ? "all" : task === undefined ? "tokenizer" : "pipelines";
  const { AutoTokenizer, pipeline } = await import(MODULES[entry]);
  end("modules");
  if (task === undefined) {
    const tokenizer = await AutoTokenizer.from_pretrained(folder);
    end("loading");
    tokenizer.encode(text);
  } else {
    const answer = await pipeline(task satisfies PipelineTask, folder, { device });
    end("loading");
    await answer(text);
  }
  end("answer");
  return ends;
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]))));
  Deno.exit();
}
