/**
 * Models of one family: what the class of any family loads, after a look at the config.
 *
 * @module
 */
import { showName } from "../base/show_value.ts";
import type { ModelType } from "../families/families.ts";
import { familyOf, importFamily } from "../families/known_families.ts";
import { HUB_OPTIONS } from "../hub/options.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
} from "./auto.ts";
import { AutoConfig } from "./auto_config.ts";
import type { EncoderModel } from "./encoder_model.ts";
import type { MaskedLM } from "./masked_lm.ts";
import type { QuestionAnswering } from "./question_answering.ts";
import type { SequenceClassification } from "./sequence_classification.ts";
import type { TokenClassification } from "./token_classification.ts";

/** What the config is read with; progress is reported once, when the model is loaded. */
const CONFIG_OPTIONS = ["config", ...HUB_OPTIONS].filter((name) => name !== "progress_callback");

/**
 * Restricts a class to one family.
 *
 * @param modelType The family, as `model_type` of config.json names it.
 * @param auto The class of any family.
 * @returns A class whose `from_pretrained` throws a `RangeError` for a checkpoint of another family,
 *   before weights are fetched.
 *
 * @example
 * ```ts
 * import { AutoModel, familyClass } from "@lsg/core/models";
 * import { assertRejects } from "@std/assert";
 *
 * const BertModel = familyClass("bert", AutoModel);
 * await assertRejects(
 *   () => BertModel.from_pretrained("FacebookAI/roberta-base"),
 *   RangeError,
 *   "model_type roberta",
 * );
 * ```
 */
export function familyClass<Model>(
  modelType: ModelType,
  auto: AutoClass<Model>,
): AutoClass<Model> {
  return {
    async from_pretrained(checkpoint, options) {
      const given = Object.entries(options ?? {});
      const { model_type } = await AutoConfig.from_pretrained(
        checkpoint,
        Object.fromEntries(given.filter(([name]) => CONFIG_OPTIONS.includes(name))),
      );
      if (model_type !== modelType) {
        await importFamily(modelType);
        throw new RangeError(
          `Cannot load ${
            showName(String(checkpoint))
          } of model_type ${model_type} with a class of ` +
            `${
              familyOf({ model_type: modelType }).className
            }: AutoModel and its siblings load any family`,
        );
      }
      return auto.from_pretrained(checkpoint, options);
    },
  };
}

/** BERT without a head. */
export const BertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "bert",
  AutoModel,
);

/** BERT that predicts hidden words. */
export const BertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "bert",
  AutoModelForMaskedLM,
);

/** BERT that classifies sequences. */
export const BertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "bert",
    AutoModelForSequenceClassification,
  );

/** BERT that classifies tokens. */
export const BertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "bert",
    AutoModelForTokenClassification,
  );

/** BERT that finds answers in a text. */
export const BertForQuestionAnswering: AutoClass<QuestionAnswering> = /* @__PURE__ */ familyClass(
  "bert",
  AutoModelForQuestionAnswering,
);

/** RoBERTa without a head. */
export const RobertaModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "roberta",
  AutoModel,
);

/** RoBERTa that predicts hidden words. */
export const RobertaForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "roberta",
  AutoModelForMaskedLM,
);

/** RoBERTa that classifies sequences. */
export const RobertaForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "roberta",
    AutoModelForSequenceClassification,
  );

/** RoBERTa that classifies tokens. */
export const RobertaForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "roberta",
    AutoModelForTokenClassification,
  );

/** RoBERTa that finds answers in a text. */
export const RobertaForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "roberta",
    AutoModelForQuestionAnswering,
  );

/** XLM-RoBERTa without a head. */
export const XLMRobertaModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "xlm-roberta",
  AutoModel,
);

/** XLM-RoBERTa that predicts hidden words. */
export const XLMRobertaForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "xlm-roberta",
  AutoModelForMaskedLM,
);

/** XLM-RoBERTa that classifies sequences. */
export const XLMRobertaForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "xlm-roberta",
    AutoModelForSequenceClassification,
  );

/** XLM-RoBERTa that classifies tokens. */
export const XLMRobertaForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "xlm-roberta",
    AutoModelForTokenClassification,
  );

/** XLM-RoBERTa that finds answers in a text. */
export const XLMRobertaForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "xlm-roberta",
    AutoModelForQuestionAnswering,
  );

/** CamemBERT without a head. */
export const CamembertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "camembert",
  AutoModel,
);

/** CamemBERT that predicts hidden words. */
export const CamembertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "camembert",
  AutoModelForMaskedLM,
);

/** CamemBERT that classifies sequences. */
export const CamembertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "camembert",
    AutoModelForSequenceClassification,
  );

/** CamemBERT that classifies tokens. */
export const CamembertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "camembert",
    AutoModelForTokenClassification,
  );

/** CamemBERT that finds answers in a text. */
export const CamembertForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "camembert",
    AutoModelForQuestionAnswering,
  );

/** DistilBERT without a head. */
export const DistilBertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "distilbert",
  AutoModel,
);

/** DistilBERT that predicts hidden words. */
export const DistilBertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "distilbert",
  AutoModelForMaskedLM,
);

/** DistilBERT that classifies sequences. */
export const DistilBertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "distilbert",
    AutoModelForSequenceClassification,
  );

/** DistilBERT that classifies tokens. */
export const DistilBertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "distilbert",
    AutoModelForTokenClassification,
  );

/** DistilBERT that finds answers in a text. */
export const DistilBertForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "distilbert",
    AutoModelForQuestionAnswering,
  );

/** ALBERT without a head. */
export const AlbertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "albert",
  AutoModel,
);

/** ALBERT that predicts hidden words. */
export const AlbertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "albert",
  AutoModelForMaskedLM,
);

/** ALBERT that classifies sequences. */
export const AlbertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "albert",
    AutoModelForSequenceClassification,
  );

/** ALBERT that classifies tokens. */
export const AlbertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "albert",
    AutoModelForTokenClassification,
  );

/** ALBERT that finds answers in a text. */
export const AlbertForQuestionAnswering: AutoClass<QuestionAnswering> = /* @__PURE__ */ familyClass(
  "albert",
  AutoModelForQuestionAnswering,
);

/** ELECTRA without a head. */
export const ElectraModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "electra",
  AutoModel,
);

/** ELECTRA that predicts hidden words. */
export const ElectraForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "electra",
  AutoModelForMaskedLM,
);

/** ELECTRA that classifies sequences. */
export const ElectraForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "electra",
    AutoModelForSequenceClassification,
  );

/** ELECTRA that classifies tokens. */
export const ElectraForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "electra",
    AutoModelForTokenClassification,
  );

/** ELECTRA that finds answers in a text. */
export const ElectraForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "electra",
    AutoModelForQuestionAnswering,
  );

/** Longformer without a head. */
export const LongformerModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "longformer",
  AutoModel,
);

/** Longformer that predicts hidden words. */
export const LongformerForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "longformer",
  AutoModelForMaskedLM,
);

/** Longformer that classifies sequences. */
export const LongformerForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass(
    "longformer",
    AutoModelForSequenceClassification,
  );

/** Longformer that classifies tokens. */
export const LongformerForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass(
    "longformer",
    AutoModelForTokenClassification,
  );

/** Longformer that finds answers in a text. */
export const LongformerForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass(
    "longformer",
    AutoModelForQuestionAnswering,
  );

/** ModernBERT without a head. */
export const ModernBertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "modernbert",
  AutoModel,
);

/** ModernBERT that predicts hidden words. */
export const ModernBertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "modernbert",
  AutoModelForMaskedLM,
);

/** ModernBERT that classifies sequences. */
export const ModernBertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass("modernbert", AutoModelForSequenceClassification);

/** ModernBERT that classifies tokens. */
export const ModernBertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass("modernbert", AutoModelForTokenClassification);

/** ModernBERT that finds answers in a text. */
export const ModernBertForQuestionAnswering: AutoClass<QuestionAnswering> =
  /* @__PURE__ */ familyClass("modernbert", AutoModelForQuestionAnswering);

/** EuroBERT without a head. */
export const EuroBertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "eurobert",
  AutoModel,
);

/** EuroBERT that predicts hidden words. */
export const EuroBertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "eurobert",
  AutoModelForMaskedLM,
);

/** EuroBERT that classifies sequences. */
export const EuroBertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass("eurobert", AutoModelForSequenceClassification);

/** EuroBERT that classifies tokens. */
export const EuroBertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass("eurobert", AutoModelForTokenClassification);

/** NomicBERT without a head. */
export const NomicBertModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "nomic_bert",
  AutoModel,
);

/** NomicBERT that predicts hidden words. */
export const NomicBertForMaskedLM: AutoClass<MaskedLM> = /* @__PURE__ */ familyClass(
  "nomic_bert",
  AutoModelForMaskedLM,
);

/** NomicBERT that classifies sequences. */
export const NomicBertForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass("nomic_bert", AutoModelForSequenceClassification);

/** NomicBERT that classifies tokens. */
export const NomicBertForTokenClassification: AutoClass<TokenClassification> =
  /* @__PURE__ */ familyClass("nomic_bert", AutoModelForTokenClassification);

/** BART that classifies sequences. */
export const BartForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass("bart", AutoModelForSequenceClassification);

/** mBART that classifies sequences. */
export const MBartForSequenceClassification: AutoClass<SequenceClassification> =
  /* @__PURE__ */ familyClass("mbart", AutoModelForSequenceClassification);

/** Llama without a head. */
export const LlamaModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "llama",
  AutoModel,
);

/** Mistral without a head. */
export const MistralModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "mistral",
  AutoModel,
);

/** Qwen 1.5, 2 or 2.5 without a head. */
export const Qwen2Model: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "qwen2",
  AutoModel,
);

/** Qwen 3 without a head. */
export const Qwen3Model: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "qwen3",
  AutoModel,
);

/** GPT-NeoX without a head. */
export const GPTNeoXModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "gpt_neox",
  AutoModel,
);

/** Phi without a head. */
export const PhiModel: AutoClass<EncoderModel> = /* @__PURE__ */ familyClass(
  "phi",
  AutoModel,
);
