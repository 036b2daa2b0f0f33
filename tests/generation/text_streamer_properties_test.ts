import { assert, assertEquals } from "@std/assert";
import { TextStreamer } from "../../generation/streamers/text_streamer.ts";
import { Random } from "../../tensor/random.ts";
import { AutoTokenizer } from "../../tokenizer/auto_tokenizer.ts";
import { type PreTrainedTokenizer, tokenizerFromFiles } from "../../tokenizer/mod.ts";

const WORDS = ["the", "▁river", "▁", "▁a", "b", "c", ".", "\n", "né", "漢"];

/** Like those of Llama 2: `▁` for spaces, bytes for what the vocabulary lacks. */
function byteFallback(): PreTrainedTokenizer {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...WORDS];
  const special = ["<unk>", "<s>", "</s>"].map((content, id) => ({
    ...{ id, content, special: true, single_word: false },
    ...{ lstrip: false, rstrip: false, normalized: false },
  }));
  return tokenizerFromFiles({
    tokenizerJson: {
      added_tokens: special,
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "Prepend", prepend: "▁" },
          { type: "Replace", pattern: { String: " " }, content: "▁" },
        ],
      },
      model: {
        ...{ type: "BPE", byte_fallback: true, fuse_unk: true, unk_token: "<unk>", merges: [] },
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      },
      decoder: {
        type: "Sequence",
        decoders: [
          { type: "Replace", pattern: { String: "▁" }, content: " " },
          { type: "ByteFallback" },
          { type: "Fuse" },
          { type: "Strip", content: " ", start: 1, stop: 0 },
        ],
      },
    },
    tokenizerConfig: { eos_token: "</s>", clean_up_tokenization_spaces: false },
  });
}

const CHARACTERS = [
  "a",
  "b",
  " ",
  "\n",
  "é",
  "ß",
  "漢",
  "字",
  "か",
  "𠮷",
  "😀",
  "👩‍👩‍👧",
  "🇨🇭",
  "e\u0301",
  "\u0600",
  "ö.",
  "  ",
];

function stream(tokenizer: PreTrainedTokenizer, prompt: number[], ids: number[]): string[] {
  const pieces: string[] = [];
  const streamer = new TextStreamer(tokenizer, {
    skip_prompt: true,
    callback_function: (text) => pieces.push(text),
  });
  streamer.put([prompt.map(BigInt)]);
  for (const id of ids) streamer.put([[BigInt(id)]]);
  streamer.end();
  return pieces;
}

const TOKENIZERS = {
  "byte-level": await AutoTokenizer.from_pretrained("tests/golden/pipelines/llama_chat"),
  "byte fallback": byteFallback(),
};

for (const [name, tokenizer] of Object.entries(TOKENIZERS)) {
  Deno.test(`any text comes out whole, without half a character: ${name}`, () => {
    const random = new Random(7);
    for (let run = 0; run < 60; run++) {
      const draw = () => CHARACTERS[Math.floor(random.uniform() * CHARACTERS.length)];
      const text = Array.from({ length: 1 + run % 14 }, draw).join("");
      const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false });
      const prompt = encode("a");
      // Llama's normalizer puts a space before each text: what follows a prompt keeps its own.
      const ids = name === "byte-level" ? encode(text) : encode(`a${text}`).slice(prompt.length);
      const pieces = stream(tokenizer, prompt, ids);
      assertEquals(pieces.join(""), text);
      for (const piece of pieces) {
        assert(piece.isWellFormed() && !piece.includes("\ufffd"), JSON.stringify(pieces));
      }
    }
  });
}

for (const [name, tokenizer] of Object.entries(TOKENIZERS)) {
  Deno.test(`a long line comes out whole, and each id decodes a few only: ${name}`, () => {
    const random = new Random(11);
    const draw = () => CHARACTERS[Math.floor(random.uniform() * CHARACTERS.length)];
    const text = Array.from({ length: 900 }, draw).join("").replaceAll("\n", "漢");
    let decoded = 0;
    const counting = {
      decode: (...[ids, options]: Parameters<typeof tokenizer.decode>) => {
        const list = [...ids as Iterable<number>];
        decoded += list.length;
        return tokenizer.decode(list, options);
      },
    };
    const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false });
    const ids = name === "byte-level" ? encode(text) : encode(`a${text}`).slice(encode("a").length);
    const pieces = stream(counting as PreTrainedTokenizer, encode("a"), ids);
    assertEquals(pieces.join(""), text);
    assert(!pieces.some((piece) => piece.includes("\ufffd")));
    assert(decoded < 70 * ids.length, `${decoded} of ${ids.length}`);
  });
}

Deno.test("any ids of a byte-level tokenizer come out as their text, in pieces without the end of half a character", () => {
  const tokenizer = TOKENIZERS["byte-level"];
  const random = new Random(9);
  for (let run = 0; run < 60; run++) {
    const ids = Array.from({ length: 1 + run % 25 }, () => Math.floor(random.uniform() * 300));
    const pieces = stream(tokenizer, [5], ids);
    const whole = tokenizer.decode([5, ...ids], { skip_special_tokens: true });
    const prompt = tokenizer.decode([5], { skip_special_tokens: true });
    assertEquals(pieces.join(""), whole.slice(prompt.length));
    for (const piece of pieces.slice(0, -1)) assert(!piece.endsWith("\ufffd"));
  }
});

// Spaces before these are removed by the clean-up, which these tokenizers do unless told not to.
const CLEANED = [
  " .",
  " ?",
  "!",
  " ,",
  " '",
  "'",
  " ' ",
  "n't",
  " n",
  "t",
  "s",
  " 's",
  " ve",
  " 'm",
];

for (const name of ["roberta", "bert_uncased", "xlm_roberta"]) {
  const tokenizer = await AutoTokenizer.from_pretrained(`tests/golden/tokenizer/${name}`);
  Deno.test(`what the clean-up of spaces changes comes out as in the whole text: ${name}`, () => {
    const random = new Random(13);
    for (let run = 0; run < 200; run++) {
      const parts = random.uniform() < 0.3 ? CHARACTERS : CLEANED;
      const draw = () =>
        [" a", " the", ...parts][Math.floor(random.uniform() * (parts.length + 2))];
      const text = Array.from({ length: 1 + run % 14 }, draw).join("");
      const ids = tokenizer.encode(text, { add_special_tokens: false });
      const whole = tokenizer.decode(ids, { skip_special_tokens: true });
      for (const prompt of [0, 1]) {
        const pieces: string[] = [];
        const callback_function = (text: string) => void pieces.push(text);
        const streamer = new TextStreamer(tokenizer, { callback_function });
        streamer.put([ids.slice(0, prompt).map(BigInt)]);
        for (const id of ids.slice(prompt)) streamer.put([[BigInt(id)]]);
        streamer.end();
        assertEquals(pieces.join(""), whole, text);
      }
    }
  });
}

Deno.test("a prompt that ends with a space takes nothing from what follows", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");
  const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false });
  const prompt = [...encode("The river"), tokenizer.convert_tokens_to_ids("Ġ")];
  assertEquals(stream(tokenizer, prompt, encode(". The sea")).join(""), ". The sea");
  assertEquals(stream(tokenizer, prompt, encode("ran")).join(""), "ran");
});

Deno.test("of many spaces only those wait that may go", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");
  const space = BigInt(tokenizer.convert_tokens_to_ids("Ġ"));
  const pieces: string[] = [];
  const callback_function = (text: string) => void pieces.push(text);
  const streamer = new TextStreamer(tokenizer, { callback_function });
  streamer.put([[]]);
  for (let i = 0; i < 300; i++) streamer.put([[space]]);
  assertEquals(pieces.join(""), " ".repeat(298));
  // The clean-up takes one for " ' ", then one for " 's".
  for (const id of tokenizer.encode("' s", { add_special_tokens: false })) {
    streamer.put([[BigInt(id)]]);
  }
  streamer.end();
  assertEquals(pieces.join(""), " ".repeat(298) + "'s");
});

Deno.test("nor do many spaces wait behind a letter or an apostrophe that may be taken", async () => {
  const tokenizer = await AutoTokenizer.from_pretrained("tests/golden/tokenizer/roberta");
  for (const start of ["a n", "a  '"]) {
    const pieces: string[] = [];
    const callback_function = (text: string) => void pieces.push(text);
    const streamer = new TextStreamer(tokenizer, { callback_function });
    const ids = tokenizer.encode(start + " ".repeat(90), { add_special_tokens: false });
    for (const id of ids) streamer.put([[BigInt(id)]]);
    const come = pieces.join("");
    streamer.end();
    const whole = tokenizer.decode(ids);
    assertEquals(pieces.join(""), whole);
    assertEquals(come, whole.slice(0, -2));
  }
});
