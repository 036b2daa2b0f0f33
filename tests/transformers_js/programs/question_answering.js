// An answer within a text.
import { pipeline } from "@lsg/core";

const answerer = await pipeline("question-answering", "pipelines/bert_answers");
const question = "Where is it?";
const context = "Catherine read all such works as heroines must read.";
const { answer, score } = await answerer(question, context);
console.log(answer, score);
