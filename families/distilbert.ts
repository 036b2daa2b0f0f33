import { BERT } from "./bert.ts";
import type { Family, LayerNames } from "./family.ts";
import { type HeadLayer, languageModelHead } from "./head.ts";

const PRE_CLASSIFIER: HeadLayer = {
  name: "pre_classifier",
  outputs: "hidden_size",
  activation: "relu",
};

function layer(index: number): LayerNames {
  const name = `transformer.layer.${index}`;
  return {
    attention: {
      query: `${name}.attention.q_lin`,
      key: `${name}.attention.k_lin`,
      value: `${name}.attention.v_lin`,
      output: `${name}.attention.out_lin`,
      norm: `${name}.sa_layer_norm`,
    },
    feedForward: {
      up: `${name}.ffn.lin1`,
      down: `${name}.ffn.lin2`,
      norm: `${name}.output_layer_norm`,
    },
  };
}

const { tokenType: _, ...embeddings } = BERT.embeddings;

/** DistilBERT: names of its own, no token types, no pooler. */
export const DISTILBERT: Family = {
  ...BERT,
  className: "DistilBert",
  weightPrefix: "distilbert.",
  defaults: {
    ...BERT.defaults,
    num_hidden_layers: 6,
    dropout: 0.1,
    attention_dropout: 0.1,
    qa_dropout: 0.1,
    seq_classif_dropout: 0.2,
  },
  keys: {
    hidden_size: "dim",
    num_hidden_layers: "n_layers",
    num_attention_heads: "n_heads",
    intermediate_size: "hidden_dim",
    hidden_act: "activation",
  },
  unread: ["intermediate_size", "hidden_act", "layer_norm_eps"],
  only: { ...BERT.only, is_decoder: false },
  globalsTakeTokenType: false,
  embeddings,
  dropout: { embedding: "dropout", weights: "attention_dropout", feedForward: "dropout" },
  layer,
  pooler: undefined,
  heads: {
    MaskedLM: languageModelHead(
      {
        name: "vocab_transform",
        outputs: "hidden_size",
        activation: "hidden_act",
        norm: "vocab_layer_norm",
      },
      { decoder: "vocab_projector", bias: "vocab_projector.bias" },
    ),
    SequenceClassification: {
      rows: "first",
      layers: [
        PRE_CLASSIFIER,
        { name: "classifier", outputs: "labels", dropout: ["seq_classif_dropout"] },
      ],
    },
    TokenClassification: {
      rows: "all",
      layers: [{ name: "classifier", outputs: "labels", dropout: ["dropout"] }],
    },
    QuestionAnswering: {
      rows: "all",
      layers: [{ name: "qa_outputs", outputs: 2, dropout: ["qa_dropout"] }],
    },
    MultipleChoice: {
      rows: "first",
      layers: [
        PRE_CLASSIFIER,
        { name: "classifier", outputs: 1, dropout: ["seq_classif_dropout"] },
      ],
    },
  },
  unused: ["embeddings.position_ids"],
};
