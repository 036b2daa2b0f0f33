// Text to ids and back, in all forms in which a tokenizer is called.
import { AutoTokenizer } from "@lsg/core";

const tokenizer = await AutoTokenizer.from_pretrained("pipelines/bert_nli");

const { input_ids, attention_mask } = await tokenizer("The river ran past the house.");
console.log(input_ids, attention_mask);
console.log(tokenizer.decode(input_ids.tolist()[0], { skip_special_tokens: true }));
console.log(tokenizer.decode(input_ids[0]));

const batch = tokenizer(["The sea.", "The river ran past the old house."], {
  padding: true,
  truncation: true,
});
console.log(batch.input_ids.dims, batch.attention_mask.tolist());
console.log(tokenizer.batch_decode(batch.input_ids, { skip_special_tokens: true }));

const pairs = tokenizer(["Who left?", "Where is it?"], {
  text_pair: ["Isabella left Bath for London.", "It is in the house."],
  padding: true,
  truncation: true,
});
console.log(pairs.input_ids.tolist(), pairs.token_type_ids.tolist());

const lists = tokenizer("The sea was calm.", { return_tensor: false, add_special_tokens: false });
console.log(lists.input_ids);
const longest = tokenizer(["The sea."], { padding: "max_length", max_length: 8 });
console.log(longest.input_ids.tolist());

const ids = tokenizer.encode("The sea was calm.");
console.log(ids, tokenizer.decode(ids));
console.log(tokenizer.encode("Who left?", { text_pair: "Isabella." }));
console.log(tokenizer.tokenize("Isabella left Bath."));
console.log(tokenizer.model_max_length, tokenizer.mask_token, tokenizer.pad_token_id);
