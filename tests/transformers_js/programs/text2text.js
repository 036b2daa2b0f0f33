// A text about a text, and the same without the pipeline: tokens, generate(), text.
import { AutoModelForSeq2SeqLM, AutoTokenizer, pipeline } from "@lsg/core";

const generator = await pipeline("text2text-generation", "pipelines/bart");
const prompt = "Isabella Thorpe left Bath for London on Monday.";
console.log(await generator(prompt, { max_new_tokens: 10 }));

const tokenizer = await AutoTokenizer.from_pretrained("pipelines/bart");
const model = await AutoModelForSeq2SeqLM.from_pretrained("pipelines/bart");
const inputs = tokenizer(prompt);
const outputs = await model.generate({ ...inputs, max_new_tokens: 10 });
console.log(outputs.dims, outputs.tolist());
console.log(tokenizer.batch_decode(outputs, { skip_special_tokens: true }));
