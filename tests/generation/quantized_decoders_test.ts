import { assert, assertEquals } from "@std/assert";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { AutoModelForCausalLM } from "../../generation/mod.ts";
import type { Backend, BackendName, DataType } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { quantizedError } from "../../verify/bounds.ts";
import { DECODER_FOLDERS } from "../../verify/model_folders.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const random = new Random(4);
const INPUT_IDS = [Array.from({ length: 21 }, () => 3 + Math.floor(random.uniform() * 57))];

/** Relative error of logits in q8: the goldens' decoders have two layers. */
const Q8_ERROR = quantizedError(2);

/** Logits of a pass. */
async function passOf(folder: string, device: Backend): Promise<Float32Array> {
  const source = goldenPath(`decoders/${folder}`);
  using model = await AutoModelForCausalLM.from_pretrained(source, { device });
  return (await model({ input_ids: INPUT_IDS })).logits.data;
}

/** Logits of a pass, ids and scores of a beam search, of every other model with Self-Extend. */
async function write(folder: string, device: Backend) {
  const source = goldenPath(`decoders/${folder}`);
  using model = await AutoModelForCausalLM.from_pretrained(source, { device });
  const { logits } = await model({ input_ids: INPUT_IDS });
  const isExtended = DECODER_FOLDERS.indexOf(folder) % 2 === 1;
  const { past_key_values, sequences, sequences_scores } = await model.generate({
    input_ids: INPUT_IDS,
    self_extend: isExtended ? { group_size: 3, window_size: 5 } : null,
    num_beams: 2,
    max_new_tokens: 4,
    pad_token_id: 1,
    return_dict_in_generate: true,
    output_scores: true,
  });
  past_key_values.dispose();
  return { logits: logits.data, ids: sequences.tolist(), scores: sequences_scores!.data };
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
const between = (a: Float32Array, b: Float32Array) => norm(a.map((x, i) => x - b[i])) / norm(b);

async function openAll(
  ...kinds: readonly (readonly [BackendName, DataType])[]
): Promise<Backend[]> {
  return await Promise.all(kinds.map(([name, dtype]) => openBackend(name, { dtype })));
}

Deno.test("decoders whose file is float16 write in fp16 as in fp32", async (t) => {
  const [plain, half] = await openAll(["wasm", "fp32"], ["wasm", "fp16"]);
  for (const folder of DECODER_FOLDERS) {
    await t.step(folder, async () => {
      const [a, b] = [await write(folder, plain), await write(folder, half)];
      assertSameBits(b.logits, a.logits);
      assertSameBits(b.scores, a.scores);
      assertEquals(b.ids, a.ids);
    });
  }
  [plain, half].forEach((backend) => backend.dispose());
});

for (const name of BACKEND_NAMES.filter((name) => name !== "cpu")) {
  testOnBackend(name, "decoders write in q8 as the reference does, and near fp32", async (t) => {
    const kinds = [["cpu", "fp32"], ["cpu", "q8"], [name, "q8"]] as const;
    const [plain, cpu, backend] = await openAll(...kinds);
    // An emulated GPU takes a second each.
    const folders = name === "webgpu" ? ["mistral", "gpt_neox"] : DECODER_FOLDERS;
    for (const folder of folders) {
      await t.step(folder, async () => {
        const [exact, wanted] = [await passOf(folder, plain), await write(folder, cpu)];
        const actual = await write(folder, backend);
        assertEquals(actual.ids, wanted.ids);
        const types = between(wanted.logits, exact);
        // What backends round differently is a step of a few values at most.
        assert(between(actual.logits, wanted.logits) < types / 4);
        assert(types > 0 && types < Q8_ERROR, `${types}`);
      });
    }
    [plain, cpu, backend].forEach((each) => each.dispose());
  });
}
