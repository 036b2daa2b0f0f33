/**
 * `deno task smollm2 FOLDER`: SmolLM2-135M-Instruct beside PyTorch.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { chooseOne } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { FolderSource, openSafetensors } from "../checkpoint/mod.ts";
import { BACKEND_NAMES } from "../device.ts";
import { AutoModelForCausalLM } from "../generation/mod.ts";
import type { DataType } from "../ops/backend.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { formatTable } from "./table.ts";

/** What PyTorch said to a prompt. */
interface Reference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly added: readonly number[];
  readonly logits: Float32Array;
}

/** How a model's answer compares. */
interface Compared {
  readonly answer: string;
  readonly sameIds: number;
  readonly wantedIds: number;
  readonly logitError: number;
}

const COMMAND = {
  name: "smollm2",
  summary:
    "Compares SmolLM2-135M-Instruct with PyTorch: ids of the tokenizer, logits, and the ids " +
    "that greedy search adds. FOLDER comes from tools/convert_smollm2.py and " +
    "tools/make_smollm2_reference.py.",
  operands: [{ placeholder: "FOLDER", description: "The model and reference.safetensors." }],
  options: {
    device: { type: "string", default: "wasm", description: `${BACKEND_NAMES.join(", ")}.` },
    dtype: {
      type: "string",
      placeholder: "TYPES",
      default: DATA_TYPES.join(","),
      description: "Data types of the weights, separated by commas.",
    },
  },
} as const satisfies Command;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0; 1 if ids differ with `fp32` or `fp16`; 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values, operands: [folder] }) => {
    if (folder === undefined) throw new UsageError("Missing FOLDER: wanted a model");
    const device = chooseOne("device", values.device, BACKEND_NAMES);
    const types = values.dtype.split(",").map((name) => chooseOne("dtype", name, DATA_TYPES));
    const references = await readReferences(folder);
    const tokenizer = await AutoTokenizer.from_pretrained(folder);
    const rows: string[][] = [];
    let different = 0;
    for (const { text, ids } of references) {
      const found = tokenizer.encode(text, { add_special_tokens: false });
      if (JSON.stringify(found) === JSON.stringify(ids)) continue;
      print(`The tokenizer's ids of ${JSON.stringify(text)} are not Python's`);
      different++;
    }
    for (const dtype of types) {
      const start = performance.now();
      using model = await AutoModelForCausalLM.from_pretrained(folder, { device, dtype });
      const loaded = performance.now();
      const compared: Compared[] = [];
      for (const { ids, added, logits } of references) {
        const input_ids = [[...ids]];
        const output = await model({ input_ids });
        const values = (await output.logits.getData() as Float32Array).slice(-logits.length);
        output.logits.dispose();
        const sequences = await model.generate({
          input_ids,
          attention_mask: [ids.map(() => 1)],
          max_new_tokens: added.length,
          do_sample: false,
        });
        const row = (sequences.tolist() as bigint[][])[0].slice(ids.length).map(Number);
        compared.push({
          answer: tokenizer.decode(row, { skip_special_tokens: true }),
          sameIds: leadingEqual(row, added),
          wantedIds: added.length,
          logitError: logits.reduce((most, x, i) => Math.max(most, Math.abs(x - values[i])), 0),
        });
      }
      if (dtype !== "q8") {
        different += compared.filter(({ sameIds, wantedIds }) => sameIds < wantedIds).length;
      }
      compared.forEach(({ answer }, i) =>
        print(
          `${dtype}  …${JSON.stringify(references[i].text.slice(-40))} ${JSON.stringify(answer)}`,
        )
      );
      rows.push(describe(dtype, compared, loaded - start, performance.now() - loaded));
    }
    ["", ...formatTable(HEADINGS, rows)].forEach((line) => print(line));
    return different > 0 ? 1 : 0;
  });
}

const HEADINGS = [
  "weights",
  "prompts",
  "ids equal",
  "of",
  "largest logit error",
  "load s",
  "run s",
];

function describe(dtype: DataType, compared: readonly Compared[], load: number, run: number) {
  const sum = (of: (each: Compared) => number) => compared.reduce((a, each) => a + of(each), 0);
  return [
    dtype,
    String(compared.length),
    String(sum(({ sameIds }) => sameIds)),
    String(sum(({ wantedIds }) => wantedIds)),
    Math.max(...compared.map(({ logitError }) => logitError)).toPrecision(2),
    (load / 1000).toFixed(1),
    (run / 1000).toFixed(1),
  ];
}

async function readReferences(folder: string): Promise<Reference[]> {
  const handle = await new FolderSource(folder).open("reference.safetensors");
  if (!handle) {
    throw new UsageError(
      `Cannot use ${folder}: reference.safetensors is missing; tools/make_smollm2_reference.py makes it`,
    );
  }
  const file = await openSafetensors(handle);
  const texts = JSON.parse(file.metadata.get("texts") ?? "[]") as string[];
  if (texts.length === 0) {
    throw new UsageError(`Cannot use ${folder}: reference.safetensors has no texts`);
  }
  return await Promise.all(texts.map(async (text, i) => ({
    text,
    ids: [...await file.loadIntegers(`input_${i}`)],
    added: [...await file.loadIntegers(`added_${i}`)],
    logits: await file.load(`logits_${i}`),
  })));
}

/** How many ids are equal before the first that differs. */
function leadingEqual(a: readonly number[], b: readonly number[]): number {
  const first = b.findIndex((id, i) => id !== a[i]);
  return first < 0 ? b.length : first;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
