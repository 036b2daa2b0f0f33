import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  TextStreamer,
  type TextStreamerOptions,
} from "../../generation/streamers/text_streamer.ts";
import { AutoTokenizer } from "../../tokenizer/auto_tokenizer.ts";

const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");

/** Streams a prompt, then ids one by one. */
function stream(prompt: number[], ids: number[], options: TextStreamerOptions = {}) {
  const pieces: string[] = [];
  const streamer = new TextStreamer(tokenizer, {
    callback_function: (text) => pieces.push(text),
    decode_kwargs: { clean_up_tokenization_spaces: false },
    ...options,
  });
  streamer.put([prompt.map(BigInt)]);
  for (const id of ids) streamer.put([[BigInt(id)]]);
  streamer.end();
  return { pieces, streamer };
}

const encode = (text: string) => [...tokenizer.encode(text, { add_special_tokens: false })];

const TEXTS = [
  "The old house by the river was empty. Nobody had lived there.\nThen they came.",
  "naïve café – “quoted” 😀 and 👩‍👩‍👧 done",
  "漢字かな交じり文 mixed with words",
  "\n\n  leading\tand trailing  \n",
  "",
];

for (const text of TEXTS) {
  Deno.test(`the pieces of ${JSON.stringify(text)} are its text, without half a character`, () => {
    const ids = encode(text);
    const { pieces } = stream([], ids);
    assertEquals(pieces.join(""), text);
    assert(!pieces.some((piece) => /\ufffd|^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece)));
    // Words are whole: every piece but the last ends where another begins.
    for (const piece of pieces.slice(0, -1)) {
      assert(/[\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u.test(piece), piece);
    }
  });
}

Deno.test("pieces come as early as words are whole, a line at its end", () => {
  assertEquals(stream([], encode("ab cd\nef")).pieces, ["ab ", "cd\n", "ef"].filter(Boolean));
});

Deno.test("the prompt comes whole, or is left out; what follows keeps its space", () => {
  const prompt = encode("One two");
  const ids = encode(" three four");
  assertEquals(stream(prompt, ids).pieces.join(""), "One two three four");
  assertEquals(stream(prompt, ids).pieces[0], "One two");
  assertEquals(stream(prompt, ids, { skip_prompt: true }).pieces.join(""), " three four");
});

Deno.test("a prompt of more ids than a call takes arguments", () => {
  const [id] = encode("a");
  const { pieces } = stream(Array(200_000).fill(id), []);
  assertEquals(pieces.join("").length, 200_000);
});

Deno.test("half a character at the end of the prompt waits for its other half", () => {
  const ids = encode("a 😀");
  assert(tokenizer.decode(ids.slice(0, -1)).endsWith("\ufffd"));
  const { pieces } = stream(ids.slice(0, -1), [...ids.slice(-1), ...encode(" b")]);
  assertEquals(pieces.join(""), "a 😀 b");
  assert(!pieces.some((piece) => piece.includes("\ufffd")), pieces.join("|"));
});

Deno.test("special tokens are left out, or come at once", () => {
  const ids = [...encode("Done"), tokenizer.eos_token_id!];
  assertEquals(stream([], ids).pieces.join(""), "Done");
  const shown = stream([], ids, { skip_special_tokens: false }).pieces;
  assertEquals(shown, ["Done</s>"]);
});

Deno.test("ids come to their own callback", () => {
  const seen: bigint[][] = [];
  stream([5, 6], [7], { token_callback_function: (tokens) => seen.push(tokens) });
  assertEquals(seen, [[5n, 6n], [7n]]);
  seen.length = 0;
  stream([5, 6], [7], { skip_prompt: true, token_callback_function: (ids) => seen.push(ids) });
  assertEquals(seen, [[7n]]);
});

Deno.test("a streamer can be used again", () => {
  const { streamer, pieces } = stream(encode("One"), []);
  streamer.put([encode("Two").map(BigInt)]);
  streamer.end();
  assertEquals(pieces.join("|"), "One|Two");
});

Deno.test("several rows, no tokenizer, unknown options", () => {
  const streamer = new TextStreamer(tokenizer);
  assertThrows(() => streamer.put([[1n], [2n]]), RangeError, "the text of 2 rows");
  assertThrows(() => new TextStreamer({} as typeof tokenizer), TypeError, "a tokenizer");
  assertThrows(
    () => new TextStreamer(tokenizer, { skip: true } as TextStreamerOptions),
    TypeError,
    "skip",
  );
});
