import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runEvaluate } from "../../cli/evaluate.ts";
import { runTrain } from "../../cli/train.ts";
import {
  AutoModelForSequenceClassification,
  type SequenceClassification,
} from "../../models/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { MODEL, ModelMemoryIo, taskModel, withNewFolder } from "./model_memory_io.ts";
import { Lora } from "../../training/lora/lora.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import "../helpers/quiet_reference.ts";

const CLI = fromFileUrl(new URL("../../cli.ts", import.meta.url));

/** Texts of which the first word tells the label. */
const EXAMPLES = Array.from({ length: 12 }, (_, i) => ({
  text: `${i % 2 ? "the river" : "a ship"} ran ${"on ".repeat(i % 4)}`,
  label: i % 2 ? "water" : "boat",
}));

/** Writes examples as JSON Lines; returns the file's path. */
async function write(folder: string, examples: readonly object[] = EXAMPLES): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/examples.jsonl`;
  await Deno.writeTextFile(path, examples.map((each) => `${JSON.stringify(each)}\n`).join(""));
  return path;
}

async function train(args: readonly string[], io = new ModelMemoryIo()) {
  let code: number | undefined;
  // New heads are drawn with a warning.
  await warningsOf(async () => void (code = await runTrain(["--device", "wasm", ...args], io)));
  return { code, out: io.out, err: io.err };
}

Deno.test("lsg train learns to classify, and lsg evaluate tells how well", () =>
  withNewFolder(async (folder) => {
    const file = await write(folder);
    const out = `${folder}/out`;
    const args = ["--train", file, "--eval", file, "--out", out, "--max-steps", "12"];
    const more = ["--learning-rate", "1e-2", "--logging-steps", "3", "--json"];
    const lsg = ["--max-sequence-length", "256", "--block-size", "8", "--num-global-tokens", "3"];
    const { code, out: printed, err } = await train([MODEL, ...args, ...more, ...lsg]);
    assertEquals([code, err], [0, ""]);
    const { metrics, steps } = JSON.parse(printed);
    assertEquals(steps, 12);
    assert(metrics.train_loss > 0 && metrics.eval_accuracy >= 0.5);

    using model = await AutoModelForSequenceClassification.from_pretrained(out, { device: "wasm" });
    assertEquals(model.config.id2label, ["boat", "water"]);
    assertEquals(model.config.lsg?.num_global_tokens, 3);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name);
    for (const name of ["metrics.jsonl", "curves.svg", "trainer_state.json", "tokenizer.json"]) {
      assert(names.includes(name), name);
    }

    const io = new ModelMemoryIo();
    const evaluate = ["--device", "wasm", out, "--eval", file, "--json"];
    assertEquals([await runEvaluate(evaluate, io), io.err], [0, ""]);
    const evaluated = JSON.parse(io.out);
    for (const name of ["eval_loss", "eval_accuracy", "eval_f1_micro", "eval_f1_macro"]) {
      assertEquals(evaluated[name], metrics[name], name);
    }
    const table = new ModelMemoryIo();
    assertEquals(await runEvaluate(["--device", "wasm", out, "--eval", file], table), 0);
    assertStringIncludes(table.out, "eval_accuracy ");

    const again = await train([MODEL, ...args, ...lsg]);
    assertEquals(again.code, 1);
    assertStringIncludes(again.err, "wanted --resume, --overwrite-output-dir or another folder");
  }));

Deno.test("lsg train --trainable globals leaves the encoder as it is", () =>
  withNewFolder(async (folder) => {
    const file = await write(folder);
    const out = `${folder}/out`;
    const lsg = ["--max-sequence-length", "256", "--block-size", "8", "--seed", "0"];
    const run = (name: string, ...args: string[]) =>
      train([
        MODEL,
        "--train",
        file,
        "--out",
        `${out}/${name}`,
        ...lsg,
        "--max-steps",
        "2",
        ...args,
      ]);
    const trained = await run("globals", "--trainable", "globals", "--warmup-steps", "1");
    assertEquals([trained.code, trained.err], [0, ""]);
    assertStringIncludes(trained.out, "train_loss");
    const load = (path: string, options = {}) =>
      AutoModelForSequenceClassification.from_pretrained(path, { device: "wasm", ...options });
    using model = await load(`${out}/globals`);
    using before = await load(MODEL, {
      lsg: { max_sequence_length: 256, block_size: 8 },
      id2label: ["boat", "water"],
    });
    const old = new Map(before.named_parameters());
    const changed: string[] = [];
    for (const [name, tensor] of model.named_parameters()) {
      const [values, others] = await Promise.all([tensor.getData(), old.get(name)!.getData()]);
      if (values.some((value, i) => value !== others[i])) changed.push(name);
    }
    assertEquals(changed.filter((name) => !name.startsWith("classifier")), [
      "roberta.embeddings.global_embeddings.weight",
    ]);
    assert(changed.length > 1);
  }));

Deno.test("lsg train learns other tasks", () =>
  withNewFolder(async (folder) => {
    const cases: [task: string, model: string, example: object][] = [
      ["masked-lm", MODEL, { text: "the river ran on and on and on" }],
      ["token-classification", taskModel("bert_tags"), {
        tokens: ["the", "sea"],
        tags: ["A", "B"],
      }],
      ["question-answering", taskModel("bert_answers"), {
        question: "what ran?",
        context: "the river ran",
        answers: { text: ["the river"], answer_start: [0] },
      }],
      ["summarization", taskModel("bart"), { text: "the river ran on", summary: "it ran" }],
    ];
    for (const [task, model, example] of cases) {
      const file = await write(`${folder}/${task}`, [example, example]);
      const args = ["--train", file, "--eval", file, "--out", `${folder}/${task}/out`, "--json"];
      const more = ["--task", task, "--max-steps", "1", "--ignore-mismatched-sizes"];
      const { code, out, err } = await train([model, ...args, ...more]);
      assertEquals([code, err], [0, ""], task);
      assert(JSON.parse(out).metrics.eval_loss > 0, task);
    }
  }));

Deno.test("lsg train and evaluate tell the loss alone of a regression, from CSV too", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    const cases: [labels: string[], more: string[]][] = [
      [["3.5", "1.25", "2"], []],
      [["3", "1", "2"], ["--num-labels", "1"]],
    ];
    for (const [labels, more] of cases) {
      const file = `${folder}/examples.csv`;
      await Deno.writeTextFile(file, `text,label\n${labels.map((l) => `a ship,${l}\n`).join("")}`);
      const out = `${folder}/${labels[0]}`;
      const files = ["--train", file, "--eval", file, "--out", out];
      const trained = await train([MODEL, ...files, "--max-steps", "1", "--json", ...more]);
      assertEquals([trained.code, trained.err], [0, ""]);
      const io = new ModelMemoryIo();
      assertEquals(await runEvaluate(["--device", "wasm", out, "--eval", file, "--json"], io), 0);
      for (const metrics of [JSON.parse(trained.out).metrics, JSON.parse(io.out)]) {
        assert(metrics.eval_loss > 0);
        assertEquals(Object.keys(metrics).filter((name) => /accuracy|f1/.test(name)), []);
      }
      const { problem_type, id2label } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
      assertEquals([problem_type, Object.keys(id2label)], ["regression", ["0"]]);
    }
  }));

Deno.test("lsg train --num-labels says how many labels arrays of numbers have", () =>
  withNewFolder(async (folder) => {
    const several = [{ text: "a ship", labels: [1, 0, 1] }, { text: "the sea", labels: [0, 1, 0] }];
    const tokens = [{ input_ids: [2, 5, 3], labels: [-100, 2, -100] }];
    const cases: [model: string, examples: object[], more: string[], problem?: string][] = [
      [MODEL, several, [], "multi_label_classification"],
      [taskModel("bert_tags"), tokens, ["--task", "token-classification"]],
    ];
    for (const [i, [model, examples, more, problem]] of cases.entries()) {
      const file = await write(`${folder}/${i}`, examples);
      const files = ["--train", file, "--eval", file, "--out", `${folder}/${i}/out`];
      const args = [model, ...files, ...more, "--max-steps", "1", "--ignore-mismatched-sizes"];
      const none = await train(args);
      assertEquals(none.code, 1);
      assertStringIncludes(none.err, "give --num-labels");
      const { code, err } = await train([...args, "--num-labels", "3"]);
      assertEquals([code, err], [0, ""]);
      const config = JSON.parse(await Deno.readTextFile(`${folder}/${i}/out/config.json`));
      assertEquals([config.problem_type, Object.keys(config.id2label).length], [problem, 3]);
    }
  }));

Deno.test("lsg train takes names of digits in arrays, as EURLEX has them", () =>
  withNewFolder(async (folder) => {
    const lists = [["889", "20"], []];
    const file = await write(folder, lists.map((labels) => ({ text: "a ship", labels })));
    const out = `${folder}/out`;
    const { code, err } = await train([MODEL, "--train", file, "--out", out, "--max-steps", "1"]);
    assertEquals([code, err], [0, ""]);
    const { problem_type, id2label } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    assertEquals(problem_type, "multi_label_classification");
    assertEquals(Object.values(id2label), ["20", "889"]);
  }));

Deno.test("lsg evaluate --predict-with-generate compares summaries", () =>
  withNewFolder(async (folder) => {
    const model = taskModel("bart");
    const summarizer = await pipeline("summarization", model, { device: "wasm" });
    const texts = ["the river ran on", "a ship"];
    const written = await summarizer(texts);
    summarizer.dispose();
    // The first is what the model writes, the second has nothing of it.
    const summaries = [written[0].summary_text, "zzz"];
    assert(/[a-z0-9]/i.test(summaries[0]), summaries[0]);
    // Null means absent, as where examples are learnt from.
    const examples = [
      { text: texts[0], summary: summaries[0] },
      { text: texts[1], summary: null, target: summaries[1] },
    ];
    const io = new ModelMemoryIo();
    const args = [
      "--device",
      "wasm",
      "--task",
      "summarization",
      "--predict-with-generate",
      "--json",
    ];
    const code = await runEvaluate([model, "--eval", await write(folder, examples), ...args], io);
    assertEquals([code, io.err], [0, ""]);
    const { eval_loss, eval_rouge1, eval_rougeL } = JSON.parse(io.out);
    assert(eval_loss > 0);
    assertEquals([eval_rouge1, eval_rougeL], [0.5, 0.5]);

    const short = await pipeline("summarization", model, { device: "wasm" });
    const [{ summary_text: few }] = await short(texts[0], { max_length: 4 });
    short.tokenizer.model_max_length = 3;
    const [{ summary_text: cut }] = await short(texts[0], { truncation: true });
    short.dispose();
    const lengths: [summary: string, options: string[]][] = [
      [few, ["--max-target-length", "4"]],
      [cut, ["--truncation", "--max-length", "3"]],
    ];
    for (const [summary, options] of lengths) {
      assert(summary !== summaries[0]);
      const file = await write(folder, [{ text: texts[0], summary }]);
      const io = new ModelMemoryIo();
      assertEquals(await runEvaluate([model, "--eval", file, ...args, ...options], io), 0, io.err);
      assertEquals(JSON.parse(io.out).eval_rougeL, 1, options[0]);
    }

    const wrong = new ModelMemoryIo();
    const other = ["no/model", "--eval", "a.csv", "--predict-with-generate"];
    assertEquals(await runEvaluate(other, wrong), 2);
    assertStringIncludes(wrong.err, "wanted --task summarization");
  }));

Deno.test("lsg train refuses invalid arguments before it reads a model", () =>
  withNewFolder(async (folder) => {
    const file = await write(folder);
    const wrong: [string[], string][] = [
      [[], "Missing MODEL"],
      [["no/model"], "Missing --train"],
      [["no/model", "--train", file], "Missing --out"],
      [["--task", "nothing"], "Unknown task"],
      [["--trainable", "/(/"], "Cannot use --trainable"],
      [["--trainable", "body"], "Unknown part"],
      [["--learning-rate=-1"], "--learning-rate -1: wanted a finite number"],
      [["--num-labels", "3"], "the examples have 2 labels"],
      [["--learning-rat", "1"], "did you mean --learning-rate?"],
      [["--load-best-model-at-end", "--evaluation-strategy", "steps"], "wanted the same"],
      [["--max-length", "0"], "--max-length 0"],
    ];
    for (const [args, part] of wrong) {
      const isWhole = args[0]?.startsWith("--");
      const all = isWhole ? ["no/model", "--train", file, "--out", `${folder}/o`, ...args] : args;
      const { code, err } = await train(all);
      assertEquals(code, 2, err);
      assertStringIncludes(err, part);
    }
    const { code, err } = await train(["x", "--train", "a.txt", "--out", `${folder}/o`]);
    assertEquals(code, 2);
    assertStringIncludes(err, "wanted a name that ends in .jsonl, .csv or .tsv");
  }));

Deno.test("lsg train that Ctrl-C stops is saved, and --resume goes on", () =>
  withNewFolder(async (folder) => {
    const file = await write(folder);
    const args = ["train", MODEL, "--train", file, "--out", `${folder}/out`, "--device", "wasm"];
    const run = (more: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", CLI, ...args, "--max-steps", "300", ...more],
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    const first = run(["--save-strategy", "steps", "--save-steps", "2"]);
    const hasCheckpoint = () => {
      try {
        return [...Deno.readDirSync(`${folder}/out`)].some(({ name }) => /^check/.test(name));
      } catch {
        return false;
      }
    };
    while (!hasCheckpoint()) await new Promise((resolve) => setTimeout(resolve, 20));
    first.kill("SIGINT");
    const { code, stderr } = await first.output();
    const message = new TextDecoder().decode(stderr);
    assertEquals(code, 130, message);
    const step = Number(message.match(/Stopped after update (\d+) of 300/)![1]);
    assert(
      [...Deno.readDirSync(`${folder}/out`)].some(({ name }) => name === `checkpoint-${step}`),
    );

    const io = new ModelMemoryIo();
    const rest = [...args.slice(1), "--max-steps", String(step + 2), "--resume", "--json"];
    assertEquals([await runTrain(rest, io), io.err], [0, ""]);
    assertEquals(JSON.parse(io.out).steps, step + 2);
  }));

Deno.test("lsg train --lora-r writes an adapter, with --lora-merge the whole model", () =>
  withNewFolder(async (folder) => {
    const file = await write(folder);
    const [out, merged] = [`${folder}/adapter`, `${folder}/merged`];
    const args = ["--train", file, "--max-steps", "3", "--learning-rate", "1e-2", "--seed", "5"];
    const lora = ["--lora-r", "2", "--lora-alpha", "6", "--lora-target-modules", "query,key"];
    assertEquals((await train([MODEL, ...args, ...lora, "--out", out])).err, "");
    assertEquals((await train([MODEL, ...args, ...lora, "--lora-merge", "--out", merged])).err, "");
    const names = [...Deno.readDirSync(out)].map(({ name }) => name);
    assert(names.includes("adapter_config.json") && !names.includes("config.json"));
    const { r, lora_alpha, target_modules, modules_to_save } = JSON.parse(
      await Deno.readTextFile(`${out}/adapter_config.json`),
    );
    assertEquals([r, lora_alpha, target_modules], [2, 6, ["query", "key"]]);
    assertEquals(modules_to_save, ["classifier"]);
    using whole = await AutoModelForSequenceClassification.from_pretrained(merged, {
      device: "wasm",
    });
    let base: SequenceClassification | undefined;
    await warningsOf(async () => {
      base = await AutoModelForSequenceClassification.from_pretrained(MODEL, {
        device: whole.backend,
        id2label: ["boat", "water"],
      });
    });
    using adapted = base!;
    await Lora.from_pretrained(adapted, out);
    const inputs = { input_ids: [[0, 5, 6, 7, 2]] };
    const [a, b] = [(await whole(inputs)).logits.data, (await adapted(inputs)).logits.data];
    a.forEach((value, i) => assertAlmostEquals(value, b[i], 1e-5));
    const wrong = await train([MODEL, ...args, "--lora-alpha", "6", "--out", `${folder}/x`]);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, "wanted --lora-r 8");
    const bad = await train([MODEL, ...args, "--lora-r", "0", "--out", `${folder}/x`]);
    assertStringIncludes(bad.err, "r 0");
  }));
