// Words for a mask: five, one, and of several texts.
import { pipeline } from "@lsg/core";

const unmasker = await pipeline("fill-mask", "conversion/roberta_512");

console.log(await unmasker("the <mask> ran"));
console.log(await unmasker("The end of the <mask>.", { top_k: 1 }));

const several = await unmasker(["the <mask> ran", "a <mask> in the light"], { top_k: 2 });
console.log(several.map((words) => words.map(({ token_str }) => token_str)));
