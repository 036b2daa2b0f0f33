import { assertEquals, assertThrows } from "@std/assert";
import { openBackend } from "../../device.ts";
import {
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
  EncoderModel,
} from "../../models/mod.ts";
import { selectTrainable, type Trainable } from "../../training/trainable.ts";
import { goldenPath } from "../models/golden_models.ts";
import "../helpers/quiet_reference.ts";

const device = await openBackend("cpu");
const lsg = await AutoModelForSequenceClassification.from_pretrained(
  goldenPath("heads/roberta_lsg_sequence_classification"),
  { device },
);
const vanilla = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), { device });

const namesOf = (trainable: Trainable, model: typeof lsg | typeof vanilla = lsg) =>
  selectTrainable(model as typeof lsg, trainable).map(([name]) => name);

const HEAD = [
  "classifier.dense.weight",
  "classifier.dense.bias",
  "classifier.out_proj.weight",
  "classifier.out_proj.bias",
];

Deno.test("selectTrainable(): all, head, globals with the head", () => {
  assertEquals(namesOf("head"), HEAD);
  assertEquals(namesOf("globals"), ["roberta.embeddings.global_embeddings.weight", ...HEAD]);
  assertEquals(namesOf("all").length, [...lsg.parameters.entries()].length);
  const [[name, tensor]] = selectTrainable(lsg, "globals");
  assertEquals(tensor, lsg.parameters.get(name.replace("roberta.", "")));
});

Deno.test("selectTrainable(): by a regular expression, whose flag g does not matter", () => {
  const layer = (index: number) => namesOf(new RegExp(`layer\\.${index}\\.`));
  assertEquals(layer(1).length, 16);
  assertEquals(namesOf(/layer\.1\./g), layer(1));
  assertEquals(namesOf(/^classifier/y), HEAD);
});

Deno.test("selectTrainable(): by a function, which must return a boolean", () => {
  assertEquals(namesOf((name) => name.endsWith("out_proj.bias")), ["classifier.out_proj.bias"]);
  const wrong = (() => undefined) as unknown as () => boolean;
  assertThrows(() => namesOf(wrong), TypeError, "the function returned undefined for roberta.");
});

Deno.test("selectTrainable(): nothing selected is an error that lists names", () => {
  assertThrows(
    () => namesOf(/gobal_embeddings/),
    RangeError,
    "Cannot train /gobal_embeddings/: it selects none of 42 parameters, such as " +
      "roberta.embeddings.word_embeddings.weight, roberta.encoder.layer.0.attention.self.value",
  );
  assertThrows(() => namesOf(() => false), RangeError, "selects none of");
  const bare = vanilla as unknown as { parts: ConstructorParameters<typeof EncoderModel>[0] };
  assertThrows(() => selectTrainable(new EncoderModel(bare.parts), "head"), RangeError, '"head"');
});

Deno.test("selectTrainable(): a model without LSG has no global tokens", () => {
  assertThrows(
    () => namesOf("globals", vanilla),
    RangeError,
    "Cannot train the global tokens of a Bert without LSG",
  );
  assertThrows(() => namesOf("globlas" as Trainable), TypeError, 'train "globlas": wanted "all"');
});
