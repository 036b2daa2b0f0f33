import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parseArguments, UsageError } from "../../cli/arguments.ts";
import { loadOptions, MODEL_OPTIONS } from "../../cli/model_options.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { MODEL } from "./model_memory_io.ts";

const LSG_MODEL = fromFileUrl(new URL("../golden/models/lsg_norm", import.meta.url));

async function load(folder: string, args: string[]) {
  const command = { name: "try", summary: "", options: MODEL_OPTIONS };
  return await loadOptions(new FolderSource(folder), parseArguments(command, args)!.values);
}

Deno.test("loadOptions() changes nothing by default", async () => {
  const plain = { device: "auto", dtype: "fp32", seed: 0 } as const;
  assertEquals(await load(MODEL, []), plain);
  assertEquals(await load(LSG_MODEL, []), plain);
  const given = ["--device", "cpu", "--dtype", "q8", "--seed", "7"];
  assertEquals(await load(MODEL, given), { device: "cpu", dtype: "q8", seed: 7 });
  const threads = await load(MODEL, ["--threads", "3", "--device", "wasm"]);
  assertEquals(threads, { ...plain, device: "wasm", threads: 3 });
});

Deno.test("loadOptions() converts a model with full attention", async () => {
  const { lsg, config } = await load(MODEL, ["--max-sequence-length", "1024", "--seed", "7"]);
  assertEquals(lsg, { max_sequence_length: 1024, seed: 7, resize_lsg: false });
  assertEquals(config, undefined);
  const other = await load(MODEL, ["--no-adaptive", "--sparsity-type", "lsh"]);
  assertEquals(other.lsg?.adaptive, false);
  assertEquals(other.lsg?.sparsity_type, "lsh");
  assertEquals(other.lsg?.max_sequence_length, undefined);
});

Deno.test("loadOptions() replaces parameters of a model with LSG and keeps its globals", async () => {
  const { lsg, config } = await load(LSG_MODEL, ["--sparsity-type", "none"]);
  assertEquals(lsg, undefined);
  assertEquals(config, { sparsity_type: "none" });
  const longer = await load(LSG_MODEL, [
    "--max-sequence-length",
    "300",
    "--num-global-tokens",
    "2",
  ]);
  assertEquals(longer.lsg?.resize_lsg, true);
  assertEquals(longer.lsg?.max_sequence_length, 300);
  assertEquals(longer.lsg?.num_global_tokens, 2);
});

Deno.test("loadOptions() rejects invalid values", async () => {
  const refused = [
    ["device", "abacus"],
    ["dtype", "q4"],
    ["seed", "1.5"],
    ["threads", "0"],
    ["threads", "1.5"],
    ["seed", "-1"],
    ["block-size", "0"],
    ["num-global-tokens", "513"],
    ["max-sequence-length", "-4"],
  ];
  for (const [name, value] of refused) {
    await assertRejects(() => load(MODEL, [`--${name}=${value}`]), UsageError, value);
  }
  await assertRejects(
    () => load(MODEL, ["--threads", "2", "--device", "webgpu"]),
    UsageError,
    "Cannot use --threads with --device webgpu: wanted wasm",
  );
  await assertRejects(
    () => load("no/such/model", ["--block-size", "8"]),
    RangeError,
    "no config.json",
  );
});
