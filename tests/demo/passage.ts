import { fromFileUrl } from "@std/path";
import { AutoTokenizer, type PreTrainedTokenizer } from "../../tokenizer/mod.ts";

/** Folder of the embedded model. */
export const MODEL: string = fromFileUrl(new URL("../../demo/model", import.meta.url));

/** Tokenizes the beginning of the demo's book. */
export async function openPassage(
  tokens: number,
): Promise<{ tokenizer: PreTrainedTokenizer; ids: number[] }> {
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const text = await Deno.readTextFile(
    new URL("../../demo/northanger_abbey.txt", import.meta.url),
  );
  const { input_ids } = tokenizer(text, {
    truncation: true,
    max_length: tokens,
    return_tensor: false,
  });
  return { tokenizer, ids: input_ids as number[] };
}
