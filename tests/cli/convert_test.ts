import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { convertToLsg } from "../../checkpoint/conversion/convert_lsg.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { readCheckpoint } from "../../checkpoint/read_checkpoint.ts";
import { readJsonObject } from "../../checkpoint/source.ts";
import { runConvert } from "../../cli/convert.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { parseLines } from "./memory_io.ts";
import { MODEL, ModelMemoryIo, taskModel, withNewFolder } from "./model_memory_io.ts";

async function run(...args: string[]) {
  const io = new ModelMemoryIo();
  return { code: await runConvert(args, io), out: io.out, err: io.err };
}

/** Options for small output files. */
const SHORT = ["--max-sequence-length", "1024", "--block-size", "32", "--sparsity-type=lsh"];

Deno.test("lsg convert writes the result of convertToLsg()", () =>
  withNewFolder(async (out) => {
    const args = ["--max-sequence-length=600", "--num-global-tokens", "9", "--seed", "5"];
    const more = ["--global-positional-stride", "32", "--random-global-init"];
    const { code, err } = await run(MODEL, out, ...args, ...more);
    assertEquals([code, err], [0, ""]);
    const vanilla = await readCheckpoint(new FolderSource(MODEL));
    const wanted = await convertToLsg(vanilla, {
      max_sequence_length: 600,
      num_global_tokens: 9,
      seed: 5,
      global_positional_stride: 32,
      random_global_init: true,
    });
    const { config, weights } = await readCheckpoint(new FolderSource(out));
    // The saved config also finds the classes of Python.
    const { auto_map: _, ...raw } = config.raw;
    assertEquals({ ...config, raw }, wanted.config);
    assertEquals(weights.names(), wanted.weights.names().sort());
    for (const name of weights.names()) {
      assertEquals(await weights.load(name), await wanted.weights.load(name));
    }
  }));

Deno.test("lsg convert extends to 4096 tokens by default", () =>
  withNewFolder(async (out) => {
    assertEquals((await run(MODEL, out)).code, 0);
    const source = new FolderSource(out);
    assertEquals((await readCheckpoint(source)).config.max_position_embeddings, 4098);
    const settings = await readJsonObject(source, "tokenizer_config.json");
    assertEquals(settings?.model_max_length, 4096);
  }));

Deno.test("lsg convert writes a model that gives the same results as one converted in memory", () =>
  withNewFolder(async (out) => {
    assertEquals((await run(MODEL, out, ...SHORT)).code, 0);
    const lsg = { max_sequence_length: 1024, block_size: 32, sparsity_type: "lsh" } as const;
    const fromFolder = await pipeline("fill-mask", out);
    const inMemory = await pipeline("fill-mask", MODEL, { lsg });
    const text = `${"the house ".repeat(100)}<mask>`;
    assertEquals(await fromFolder(text), await inMemory(text));
    fromFolder.dispose();
    inMemory.dispose();
  }));

Deno.test("lsg convert prints the changes", () =>
  withNewFolder(async (out) => {
    const { code, out: text } = await run(MODEL, out, ...SHORT);
    assertEquals(code, 0);
    assertStringIncludes(text, `Converted ${MODEL} to ${out}`);
    assert(/^roberta\.embeddings\.global_embeddings\.weight +- +\[512, 8\]$/m.test(text), text);
    assert(/^roberta\.embeddings\.position_emb\S+ +\[514, 8\] +\[1026, 8\]$/m.test(text), text);
    assert(/^max_position_embeddings +514 +1026$/m.test(text), text);
    assert(/^block_size +- +32$/m.test(text), text);
    const line = `model = AutoModelForMaskedLM.from_pretrained("${out}", trust_remote_code=True)`;
    assertStringIncludes(text, `\n  ${line}\n`);
  }));

Deno.test("lsg convert --json prints the changes as JSON", () =>
  withNewFolder(async (out) => {
    const { code, out: text } = await run(MODEL, out, ...SHORT, "--json");
    assertEquals(code, 0);
    const { model, output, tensors, unchanged, left_out, config, python } = parseLines(text)[0];
    assertEquals([model, output], [MODEL, out]);
    assertEquals(python[0], "from transformers import AutoModelForMaskedLM, AutoTokenizer");
    assertEquals(tensors, [
      { name: "roberta.embeddings.global_embeddings.weight", before: null, after: [512, 8] },
      {
        name: "roberta.embeddings.position_embeddings.weight",
        before: [514, 8],
        after: [1026, 8],
      },
    ]);
    assertEquals(left_out, []);
    const { weights } = await readCheckpoint(new FolderSource(out));
    assertEquals(unchanged, weights.names().length - 2);
    const architectures = config.find(({ key }: { key: string }) => key === "architectures");
    assertEquals(architectures, {
      key: "architectures",
      before: ["RobertaForMaskedLM"],
      after: ["LSGRobertaForMaskedLM"],
    });
  }));

Deno.test("lsg convert does not overwrite files without --force", () =>
  withNewFolder(async (out) => {
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/notes.txt`, "mine");
    await Deno.writeTextFile(`${out}/config.json`, "old");
    await Deno.writeTextFile(`${out}/model.safetensors.index.json`, "old");
    const refused = await run(MODEL, out, ...SHORT);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, "--force");
    assertEquals(await Deno.readTextFile(`${out}/config.json`), "old");

    assertEquals((await run(MODEL, out, ...SHORT, "--force")).code, 0);
    assertEquals(await Deno.readTextFile(`${out}/notes.txt`), "mine");
    assertEquals((await readCheckpoint(new FolderSource(out))).config.lsg?.block_size, 32);
    assertEquals((await run(MODEL, out, "--max-sequence-length=600", "--force")).code, 0);
    const { config } = await readCheckpoint(new FolderSource(out));
    assertEquals(config.max_position_embeddings, 602);
    const names = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name)
      .filter((name) => !name.endsWith(".py")).sort();
    assertEquals(names, [
      "config.json",
      "model.safetensors",
      "notes.txt",
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
  }));

Deno.test("lsg convert accepts an empty folder", () =>
  withNewFolder(async (out) => {
    await Deno.mkdir(out);
    assertEquals((await run(MODEL, out, ...SHORT)).code, 0);
  }));

Deno.test("lsg convert refuses to replace its own input", () =>
  withNewFolder(async (out) => {
    assertEquals((await run(MODEL, out, ...SHORT)).code, 0);
    const { code, err } = await run(out, `${out}/../model/`, ...SHORT, "--force");
    assertEquals(code, 2);
    assertStringIncludes(err, "the same folder");
    assertEquals((await readCheckpoint(new FolderSource(out))).config.lsg?.block_size, 32);
  }));

Deno.test("lsg convert warns if the model already has LSG, and keeps globals with --resize-lsg", () =>
  withNewFolder(async (out) => {
    assertEquals((await run(MODEL, out, ...SHORT)).code, 0);
    const again = await run(out, `${out}2`, "--max-sequence-length=600", "--num-global-tokens=2");
    assertEquals(again.code, 0);
    assertStringIncludes(again.err, "Warning: the checkpoint already is LSG");
    assertStringIncludes(again.err, "(--resize-lsg keeps them)");
    const args = ["--max-sequence-length", "600", "--resize-lsg", "--json"];
    const resized = await run(out, `${out}3`, ...args);
    assertEquals([resized.code, resized.err], [0, ""]);
    const names = parseLines(resized.out)[0].tensors.map(({ name }: { name: string }) => name);
    assertEquals(names, ["roberta.embeddings.position_embeddings.weight"]);
  }));

Deno.test("lsg convert --architecture changes the head", () =>
  withNewFolder(async (out) => {
    const { code, out: text } = await run(MODEL, out, "--architecture", "RobertaModel", "--json");
    assertEquals(code, 0);
    const { left_out } = parseLines(text)[0];
    assert(left_out.includes("lm_head.dense.weight"), left_out);
    const { config } = await readCheckpoint(new FolderSource(out));
    assertEquals(config.architectures, ["LSGRobertaModel"]);
  }));

for (const name of ["bart", "mbart", "mbart50", "pegasus"]) {
  Deno.test(`lsg convert of ${name} keeps its files, and what it writes`, () =>
    withNewFolder(async (out) => {
      const model = taskModel(name);
      const { code, err, out: text } = await run(model, out, ...SHORT, "--json");
      assertEquals([code, err], [0, ""]);
      const { python } = parseLines(text)[0];
      assertEquals(
        python[1],
        `model = AutoModelForSeq2SeqLM.from_pretrained("${out}", trust_remote_code=True)`,
      );
      for await (const { name } of Deno.readDir(model)) {
        if (/^(config|tokenizer_config|model)\./.test(name)) continue;
        const [before, after] = [await Deno.readFile(`${model}/${name}`), `${out}/${name}`];
        assertEquals(await Deno.readFile(after), before, name);
      }
      const settings = await readJsonObject(new FolderSource(out), "tokenizer_config.json");
      assertEquals(settings?.model_max_length, 1024);
      const lsg = { max_sequence_length: 1024, block_size: 32, sparsity_type: "lsh" } as const;
      using fromFolder = await pipeline("text2text-generation", out);
      using inMemory = await pipeline("text2text-generation", model, { lsg });
      const document = "the house ".repeat(100);
      const options = { num_beams: 2, max_length: 12 };
      assertEquals(await fromFolder(document, options), await inMemory(document, options));
    }));
}

Deno.test("lsg convert decides whether a decoder sees the global tokens", () =>
  withNewFolder(async (out) => {
    const flag = "--no-pass-global-tokens-to-decoder";
    assertEquals((await run(taskModel("bart"), out, ...SHORT, flag)).code, 0);
    const { config } = await readCheckpoint(new FolderSource(out));
    assertEquals(config.raw.pass_global_tokens_to_decoder, false);
    const { code, err } = await run(MODEL, `${out}2`, ...SHORT, flag);
    assertEquals(code, 2);
    assertStringIncludes(err, "--pass-global-tokens-to-decoder: roberta has no decoder");
  }));

const WRONG: [string[], number, string][] = [
  [[], 2, "Missing MODEL"],
  [[MODEL], 2, "Missing OUT"],
  [[MODEL, ""], 2, "Missing OUT"],
  [[MODEL, "x/y", "z"], 2, 'Unexpected argument "z"'],
  [[MODEL, "x/y", "--max-sequence-length", "0"], 2, "option --max-sequence-length"],
  [[MODEL, "x/y", "--max-sequence-length", "1.5"], 2, "1.5"],
  [[MODEL, "x/y", "--seed=-1"], 2, "-1"],
  [[MODEL, "x/y", "--sparsity-type", "some"], 2, '--sparsity-type "some"'],
  [[MODEL, "x/y", "--sparsity-factor", "3"], 2, "3"],
  [[MODEL, "x/y", "--architecture", "GPT"], 2, "architecture GPT"],
  [[MODEL, "x/y", "--overwrite"], 2, "Unknown option --overwrite"],
  [["no/such/model", "x/y"], 1, "is not a checkpoint"],
  [[MODEL, "deno.json"], 1, "deno.json"],
];

for (const [args, wanted, message] of WRONG) {
  const shown = args.map((arg) => arg === MODEL ? "MODEL" : arg || '""').join(" ");
  Deno.test(`lsg convert ${shown} exits with ${wanted}`, async () => {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [wanted, ""]);
    assertStringIncludes(err, message);
    assertEquals(err.split("\n").length, wanted + 1);
  });
}

Deno.test("lsg convert --dtype q8 writes the conversion in 8 bits", () =>
  withNewFolder(async (out) => {
    const { code, out: text, err } = await run(MODEL, out, ...SHORT, "--dtype", "q8");
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(text, "8 bits, which Python does not load");
    // The matrices that were only rounded are not listed as changed.
    assert(/^roberta\.embeddings\.position_emb\S+ +\[514, 8\] +\[1026, 8\]$/m.test(text), text);
    assert(!text.includes("word_embeddings"), text);
    assert(/^quantization_config +- +\{"quant_method":"lsg_q8",/m.test(text), text);
    assert(!text.includes("auto_map"), text);
    const lsg = { max_sequence_length: 1024, block_size: 32, sparsity_type: "lsh" } as const;
    const fromFolder = await pipeline("fill-mask", out, { dtype: "q8" });
    const inMemory = await pipeline("fill-mask", MODEL, { dtype: "q8", lsg });
    const riddle = `${"the house ".repeat(100)}<mask>`;
    assertEquals(await fromFolder(riddle), await inMemory(riddle));
    fromFolder.dispose();
    inMemory.dispose();
  }));

Deno.test("lsg convert --keep-attention changes the data type alone", () =>
  withNewFolder(async (out) => {
    const args = ["--keep-attention", "--dtype=q8", "--json"];
    const { code, out: text } = await run(MODEL, out, ...args);
    assertEquals(code, 0);
    const { tensors, left_out, config, python } = parseLines(text)[0];
    assertEquals([tensors, left_out, python], [[], [], []]);
    const keys = config.map(({ key }: { key: string }) => key);
    assertEquals(keys.filter((key: string) => key !== "torch_dtype"), ["quantization_config"]);
    const [small, wanted] = await Promise.all(
      [out, MODEL].map((folder) => pipeline("fill-mask", folder, { dtype: "q8" })),
    );
    assertEquals(await small("the <mask> is"), await wanted("the <mask> is"));
    small.dispose();
    wanted.dispose();
  }));

Deno.test("lsg convert --keep-attention is refused beside options of a conversion", () =>
  withNewFolder(async (out) => {
    const others = [
      "--block-size=32",
      "--max-sequence-length=4096",
      "--no-adaptive",
      "--resize-lsg",
    ];
    for (const other of others) {
      const { code, err } = await run(MODEL, out, "--keep-attention", other);
      assertEquals(code, 2);
      assertStringIncludes(err, `with --keep-attention`);
    }
    const { code, err } = await run(MODEL, out, "--dtype=fp16");
    assertEquals(code, 2);
    assertStringIncludes(err, 'dtype "fp16": wanted one of fp32, q8');
  }));
