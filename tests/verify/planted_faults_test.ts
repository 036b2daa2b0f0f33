/** Planted faults in attention, which real cases with their real bounds must detect. */
import { assert } from "@std/assert";
import type { AttendPart } from "../../ops/attend_plan.ts";
import type { Floats, Integers } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { longformerAttention, lsgAttention } from "../../functional/mod.ts";
import { compare } from "../../verify/compare.ts";
import { GoldenFile } from "../../verify/golden_file.ts";
import { assertBeyond, assertDetected, findCase } from "./assert_detected.ts";
import { goldenFolder } from "./golden_folder.ts";

type Parts = readonly AttendPart<Floats, Integers>[];
type Source = Parts[number]["sources"][number];

const LSG = "none_b8_s8_f2_g1_t37_full";
const LONGFORMER = "w8_t33_full_globals_1";

/** The CPU backend with a fault in the keys that queries see. */
class FaultyBackend extends CpuBackend {
  constructor(fault: (source: Source) => Source) {
    super();
    const { attend } = this;
    this.attend = (query, parts, options) => {
      const faulty = parts.map((part) => ({ ...part, sources: part.sources.map(fault) }));
      return attend.call(this, query, faulty, options);
    };
  }
}

/** The CPU backend with the outputs of heads 0 and 1 swapped. */
class SwappedHeads extends CpuBackend {
  constructor() {
    super();
    const { attend } = this;
    this.attend = (query, parts, options) => {
      const { data, dims } = attend.call(this, query, parts, options);
      const row = dims[2];
      const width = row / options.heads;
      const swapped = data.map((value, i) => {
        const column = i % row;
        if (column >= 2 * width) return value;
        return data[i + (column < width ? width : -width)];
      });
      return this.floats(swapped, dims);
    };
  }
}

Deno.test("a window that starts or ends one key off is detected in every pattern", async () => {
  for (
    const name of [
      `lsg_none/${LSG}`,
      "lsg_norm/norm_b8_s8_f2_g1_t37_full",
      `longformer/${LONGFORMER}`,
      "bigbird/b4_r3_t48_full",
      "self_extend_rope/h2_k2_g2_w4_t21_theta10000",
      "self_extend_additive/g2_w4_t21",
    ]
  ) {
    for (const edge of ["start", "end"] as const) {
      for (const by of [-1, 1]) {
        const backend = new FaultyBackend((source) => ({
          ...source,
          spans: source.spans.map((span) => ({ ...span, [edge]: span[edge] + by })),
        }));
        await assertDetected(name, backend, `${edge} ${by}`);
      }
    }
  }
});

Deno.test("a missing mask is detected", async () => {
  const unmasked = new FaultyBackend((source) => ({ ...source, mask: undefined }));
  for (
    const name of [
      "full/full_t5_padded",
      "lsg_none/none_b8_s8_f2_g7_t35_padded",
      "lsg_norm/norm_b8_s8_f2_g7_t33_holes",
      "longformer/w4_t21_padded_globals_1_1",
      "bigbird/b4_r2_t50_holes",
    ]
  ) {
    await assertDetected(name, unmasked, "no mask");
  }
});

Deno.test("swapped heads are detected", async () => {
  const others = ["full/full_t16_full", "linformer/t30_d8_holes", "bigbird/b4_r3_t48_full"];
  for (const name of [`lsg_none/${LSG}`, `longformer/${LONGFORMER}`, ...others]) {
    await assertDetected(name, new SwappedHeads(), "swapped heads");
  }
});

Deno.test("a block size off by one is detected", async () => {
  const file = await GoldenFile.open(goldenFolder(""), "lsg_none.safetensors");
  const golden = file.cases.find(({ name }) => name === LSG)!;
  const read = async (name: string) => await file.floats(golden, name);
  const query = await read("query");
  const [batch, tokens] = query.dims;
  const input = {
    query: query.data,
    key: (await read("key")).data,
    value: (await read("value")).data,
    globalQuery: (await read("global_query")).data,
    globalKey: (await read("global_key")).data,
    globalValue: (await read("global_value")).data,
    mask: await file.integers(golden, "mask"),
  };
  const { heads } = golden.parameters as { heads: number };
  const verdict = async (block_size: number) => {
    const shape = { batch, tokens, heads, block_size, sparsity_type: "none" } as const;
    const { output } = await lsgAttention(input, shape);
    const [, { bound }] = await findCase(`lsg_none/${LSG}`).run(new CpuBackend());
    return compare({ dims: query.dims, data: output }, await read("output"), bound);
  };
  assert((await verdict(8)).passed);
  for (const block of [7, 9]) assertBeyond(await verdict(block));
});

Deno.test("a window off by one token on each side is detected", async () => {
  const file = await GoldenFile.open(goldenFolder(""), "longformer.safetensors");
  const golden = file.cases.find(({ name }) => name === LONGFORMER)!;
  const read = async (name: string) => await file.floats(golden, name);
  const query = await read("query");
  const [batch, tokens] = query.dims;
  const input = {
    query: query.data,
    key: (await read("key")).data,
    value: (await read("value")).data,
    queryGlobal: (await read("query_global")).data,
    keyGlobal: (await read("key_global")).data,
    valueGlobal: (await read("value_global")).data,
    mask: await file.integers(golden, "mask"),
    globalMask: await file.integers(golden, "global_attention_mask"),
  };
  const { heads } = golden.parameters as { heads: number };
  const verdict = async (attention_window: number) => {
    const data = await longformerAttention(input, { batch, tokens, heads, attention_window });
    const [{ bound }] = await findCase(`longformer/${LONGFORMER}`).run(new CpuBackend());
    return compare({ dims: query.dims, data }, await read("output"), bound);
  };
  assert((await verdict(8)).passed);
  for (const window of [6, 10]) assertBeyond(await verdict(window));
});
