/**
 * Checkpoints with random weights and words, of the sizes of published ones.
 *
 * @module
 */
import {
  drawParameters,
  encodeSafetensors,
  modelParameters,
  parseConfig,
} from "../../checkpoint/mod.ts";
import { Random } from "../../tensor/random.ts";

/** Sizes of all-MiniLM-L6-v2. */
export const MINI_LM: Readonly<Record<string, number>> = {
  vocab_size: 30_522,
  hidden_size: 384,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  intermediate_size: 1536,
};

/** Sizes of Llama 3's vocabulary. */
export const LLAMA_3 = { words: 128_000, special: 256 } as const;

/** Draws words of 1 to 12 letters until there are enough. */
function drawWords(count: number, random: Random): string[] {
  const words = new Set<string>();
  while (words.size < count) {
    const length = 1 + Math.floor(random.uniform() * 12);
    let word = "";
    for (let i = 0; i < length; i++) {
      word += String.fromCharCode(97 + Math.floor(random.uniform() * 26));
    }
    words.add(random.uniform() < 0.3 ? `##${word}` : word);
  }
  return [...words];
}

/**
 * Writes a BERT with random weights and words.
 *
 * @param folder An existing folder.
 * @param sizes Sizes that differ from `MINI_LM`.
 */
export async function writeBert(
  folder: string,
  sizes: Readonly<Record<string, number>> = {},
): Promise<void> {
  const raw = { model_type: "bert", architectures: ["BertModel"], ...MINI_LM, ...sizes };
  const config = parseConfig(raw);
  const random = new Random(1);
  const weights = drawParameters(modelParameters(config, "Model"), 0.02, random);
  const tensors = await Promise.all(
    weights.names().map(async (name) => ({
      name,
      dims: weights.dims(name),
      dtype: "F32" as const,
      data: await weights.load(name),
    })),
  );
  await Deno.writeFile(`${folder}/model.safetensors`, encodeSafetensors(tensors));
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const words = [...special, ...drawWords(config.vocab_size - special.length, random)];
  const piece = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: string) => ({ Sequence: { id, type_id: id === "A" ? 0 : 1 } });
  const tokenizer = {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    normalizer: { type: "BertNormalizer", lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [piece("[CLS]"), sequence("A"), piece("[SEP]")],
      pair: [piece("[CLS]"), sequence("A"), piece("[SEP]"), sequence("B"), piece("[SEP]")],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece" },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
  await writeJson(`${folder}/config.json`, raw);
  await writeJson(`${folder}/tokenizer.json`, tokenizer);
  await writeJson(`${folder}/tokenizer_config.json`, { tokenizer_class: "BertTokenizer" });
}

/**
 * Writes a tokenizer like Llama 3's: byte-level BPE without a rank for a token but with each pair of
 * tokens that makes one as a merge, some two a token, in indented JSON.
 *
 * @param folder An existing folder.
 * @param sizes Words and special tokens.
 */
export async function writeLlamaTokenizer(
  folder: string,
  { words, special }: { readonly words: number; readonly special: number } = LLAMA_3,
): Promise<void> {
  const random = new Random(2);
  // The alphabet of ByteLevel: printable characters are themselves, others follow from U+0100 on.
  const isPlain = (byte: number) =>
    byte > 32 && byte < 127 || byte > 160 && byte < 256 && byte !== 173;
  let next = 256;
  const tokens = Array.from(
    { length: 256 },
    (_, byte) => String.fromCharCode(isPlain(byte) ? byte : next++),
  );
  const known = new Set(tokens);
  const merges: string[] = [];
  // Of few letters, so that most parts of a token are tokens; short ones are drawn more often.
  const parts = ["Ġ", ..."etaoinshr"];
  const draw = () => parts[Math.floor(random.uniform() ** 3 * parts.length)];
  while (tokens.length < words) {
    const token = draw() + draw();
    if (token.length > 14 || known.has(token)) continue;
    for (let i = 1; i < token.length; i++) {
      const [left, right] = [token.slice(0, i), token.slice(i)];
      if (known.has(left) && known.has(right)) merges.push(`${left} ${right}`);
    }
    known.add(token);
    tokens.push(token);
    parts.push(token);
  }
  const pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?" +
    "[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const tokenizer = {
    added_tokens: Array.from({ length: special }, (_, i) => ({
      id: words + i,
      content: `<|reserved_special_token_${i}|>`,
      special: true,
    })),
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      ignore_merges: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
  await writeJson(`${folder}/tokenizer.json`, tokenizer);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2));
}
