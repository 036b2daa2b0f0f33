import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  convertToLsg,
  FolderSource,
  readCheckpoint,
  saveCheckpoint,
} from "../../checkpoint/mod.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { AutoModelForSequenceClassification } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { warningsOf } from "../helpers/warnings_of.ts";
import { withNewFolder } from "../helpers/with_folder.ts";
import { goldenPath } from "./golden_models.ts";
import { disposeAll, drawIds } from "./seq2seq_models.ts";
import "../helpers/quiet_reference.ts";

const LSG = { max_sequence_length: 1024, block_size: 8, sparse_block_size: 8 };
const LONG = [drawIds(new Random(1), 700).map((id) => id % 30)];

for (const name of ["bart_512", "mbart_512", "barthez_1024", "pegasus_512"]) {
  Deno.test(`${name} is converted when it is loaded as when it is saved`, () =>
    withNewFolder(async (folder) => {
      const vanilla = goldenPath(`conversion/${name}`);
      using model = await AutoModelForSeq2SeqLM.from_pretrained(vanilla, { lsg: LSG });
      assertEquals(model.maxLength, 1024);
      assertEquals(model.decoderLength, 1024);
      const source = new FolderSource(vanilla);
      await saveCheckpoint(folder, await convertToLsg(await readCheckpoint(source), LSG), source);
      using saved = await AutoModelForSeq2SeqLM.from_pretrained(folder);
      const inputs = { input_ids: LONG, decoder_input_ids: [[2, 5, 6]] };
      const [ours, theirs] = [await model(inputs), await saved(inputs)];
      assertEquals(ours.encoder_last_hidden_state!.dims, [1, 701, 4]);
      assert(ours.logits.data.every(Number.isFinite));
      assertSameBits(ours.logits.data, theirs.logits.data);
      assertSameBits(
        ours.encoder_last_hidden_state!.data,
        theirs.encoder_last_hidden_state!.data,
      );
      const settings = { input_ids: LONG, num_beams: 2, max_length: 12 };
      assertEquals(
        (await model.generate(settings)).tolist(),
        (await saved.generate(settings)).tolist(),
      );
      [ours, theirs].forEach(disposeAll);
    }));
}

Deno.test("a head that a converted checkpoint lacks is drawn from the seed, with a warning", async () => {
  const load = async (seed: number) => {
    let data = new Float32Array();
    const warnings = await warningsOf(async () => {
      using model = await AutoModelForSequenceClassification.from_pretrained(
        goldenPath("conversion/bart_512"),
        { lsg: { ...LSG, architecture: "BartForSequenceClassification", seed } },
      );
      data = (await model({ input_ids: [[0, 5, 6, 2]] })).logits.data.slice();
    });
    assert(warnings.some((line) => line.includes("classification_head.dense.weight")));
    return data;
  };
  assertSameBits(await load(1), await load(1));
  assertNotEquals(await load(1), await load(2));
});

Deno.test("an LED has no LSG form", async () => {
  await assertRejects(
    () => AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/led"), { lsg: LSG }),
    RangeError,
    "Cannot convert LED to LSG",
  );
});
