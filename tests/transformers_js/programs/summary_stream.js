// A summary that is shown as it is written.
import { pipeline, TextStreamer } from "@lsg/core";

const summarizer = await pipeline("summarization", "pipelines/bart");

const parts = [];
const streamer = new TextStreamer(summarizer.tokenizer, {
  skip_prompt: true,
  skip_special_tokens: true,
  callback_function: (text) => parts.push(text),
});

const article = "Isabella Thorpe left Bath for London on Monday. The river ran past the old house.";
const [{ summary_text }] = await summarizer(article, {
  max_new_tokens: 12,
  num_beams: 1,
  min_length: 0,
  no_repeat_ngram_size: 0,
  streamer,
});
console.log(summary_text);
console.log(parts.join("") === summary_text);
