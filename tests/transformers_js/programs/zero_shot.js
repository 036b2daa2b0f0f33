// Labels given with the call: one that is true, several that may be, a template of one's own.
import { pipeline } from "@lsg/core";

const classifier = await pipeline("zero-shot-classification", "pipelines/bert_nli");
const text = "The river rose in the night, and the bridge was gone by morning.";
const labels = ["weather", "travel", "war"];

console.log(await classifier(text, labels));
console.log(await classifier(text, labels, { multi_label: true }));
console.log(await classifier(text, "weather"));
const hypothesis_template = "This text is about {}.";
console.log(await classifier([text, "She left."], labels, { hypothesis_template }));
