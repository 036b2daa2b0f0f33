import {
  type PreTrainedTokenizer,
  type TokenizerFiles,
  tokenizerFromFiles,
} from "../../tokenizer/mod.ts";

/** The files of a tokenizer with ids that are easy to recognize: a=10, b=11, ab=12, space=13. */
export function smallFiles(): {
  tokenizerJson: Record<string, unknown>;
  tokenizerConfig: Record<string, unknown>;
} {
  return {
    tokenizerJson: {
      added_tokens: ["<s>", "<pad>", "</s>", "<unk>", "<mask>"].map((content, id) => ({
        id,
        content,
        special: true,
        lstrip: content === "<mask>",
      })),
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
      post_processor: { type: "RobertaProcessing", cls: ["<s>", 0], sep: ["</s>", 2] },
      decoder: { type: "ByteLevel" },
      model: {
        type: "BPE",
        unk_token: "<unk>",
        vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 10, "b": 11, "ab": 12, "Ġ": 13 },
        merges: ["a b"],
      },
    },
    tokenizerConfig: {
      model_max_length: 8,
      bos_token: "<s>",
      cls_token: "<s>",
      sep_token: "</s>",
      eos_token: { content: "</s>" },
      pad_token: "<pad>",
      unk_token: "<unk>",
      mask_token: "<mask>",
    },
  };
}

/** That tokenizer with parts of its files replaced. */
export function smallTokenizer(
  json: Record<string, unknown> = {},
  config: Record<string, unknown> = {},
): PreTrainedTokenizer {
  const { tokenizerJson, tokenizerConfig } = smallFiles();
  const files: TokenizerFiles = {
    tokenizerJson: { ...tokenizerJson, ...json },
    tokenizerConfig: { ...tokenizerConfig, ...config },
  };
  return tokenizerFromFiles(files);
}
