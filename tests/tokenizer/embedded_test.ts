import { fromFileUrl } from "@std/path";
import { AutoTokenizer } from "../../tokenizer/auto_tokenizer.ts";
import { checkSingle, readJson } from "./goldens.ts";

Deno.test("the embedded model's tokenizer: ids and offsets are Python's", async () => {
  const folder = fromFileUrl(new URL("../../demo/model", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  checkSingle(tokenizer, await readJson("embedded/goldens.json"));
});
