import { join } from "@std/path";
import { ROOT } from "../helpers/published_files.ts";

/** Texts that the documentation names, as a reader would have them. */
const LETTERS = ["The captain sailed into the storm.", "She danced with him all evening."];
const EXAMPLES = LETTERS.map((text, i) => JSON.stringify({ text, label: ["sea", "ball"][i] }));

/**
 * Writes texts into a reader's project.
 *
 * @param project Its folder.
 */
export async function writeTexts(project: string): Promise<void> {
  const book = await Deno.readTextFile(new URL("demo/northanger_abbey.txt", ROOT));
  const files = {
    "book.txt": book.slice(5_000, 12_000),
    "chapter.txt": book.slice(5_000, 8_000),
    "letter.txt": LETTERS[0],
    "letters.txt": LETTERS.join("\n"),
    "train.jsonl": EXAMPLES.join("\n"),
    "valid.jsonl": EXAMPLES.join("\n"),
    "test.jsonl": EXAMPLES.join("\n"),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(project, name), `${text}\n`);
  }
}
