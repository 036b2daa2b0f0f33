/**
 * Long-document transformers: LSG attention, its models, tokenizers and pipelines.
 *
 * @example Fill in a word, with a model of the Hugging Face hub that reads 4,096 tokens
 * ```ts ignore
 * import { pipeline } from "@lsg/core";
 *
 * // The first call downloads 0.5 GB into a cache; a folder's path does without a network.
 * const lsg = { max_sequence_length: 4096 };
 * using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base", { lsg });
 * console.log(await unmasker("She looked at him with a <mask> in her eyes.", { top_k: 3 }));
 * ```
 *
 * @example Without a network or a model: LSG attention of plain arrays
 * ```ts
 * import { lsgAttention } from "@lsg/core/functional";
 *
 * const rows = new Float32Array(1000 * 8).map(() => Math.random()); // 1,000 tokens, 2 heads of 4
 * const first = rows.slice(0, 8); // one global token
 * const { output } = await lsgAttention({
 *   query: rows,
 *   key: rows,
 *   value: rows,
 *   globalQuery: first,
 *   globalKey: first,
 *   globalValue: first,
 * }, {
 *   batch: 1,
 *   tokens: 1000,
 *   heads: 2,
 *   block_size: 64,
 *   sparse_block_size: 64,
 *   sparsity_factor: 4,
 * });
 * console.log(output.length); // 1,000 × 8
 * ```
 *
 * @module
 */
export { availableBackends, type BackendOptions, openBackend } from "./device.ts";
export type {
  ActivationName,
  AttendOptions,
  Backend,
  BackendName,
  DataType,
  Dense,
  FeatureMap,
  FeatureOptions,
  Floats,
  Integers,
  Lookup,
  MemoryUse,
  SelectShape,
  SparseList,
} from "./ops/backend.ts";
export {
  type DeviceStorage,
  type NestedArray,
  type SliceRange,
  Tensor,
  type TensorArray,
  type TensorArrays,
  type TensorType,
  type TensorValue,
} from "./tensor/tensor.ts";
export { cat, stack } from "./tensor/join_tensors.ts";
export { matmul } from "./tensor/matmul.ts";
export { mean_pooling } from "./tensor/mean_pooling.ts";
export { cos_sim, dot } from "./tensor/similarity.ts";
export { log_softmax, type ScoreArray, softmax } from "./tensor/softmax.ts";
export { topk } from "./tensor/topk.ts";
export type { ScopeResult } from "./tensor/tensor_scope.ts";

export type {
  AttendPart,
  AttentionName,
  AttentionOptions,
  KeySource,
  LsgParameters,
  Span,
  SparsityType,
} from "./attention/mod.ts";
export type {
  CheckpointFile,
  CheckpointSource,
  ConversionOptions,
  ModelConfig,
  ModelType,
  ProgressAmount,
  ProgressFile,
  ProgressInfo,
} from "./checkpoint/mod.ts";
export { env, type HubEnvironment } from "./hub/env.ts";
export type { HubOptions } from "./hub/options.ts";

export { AutoConfig, type ConfigOptions } from "./models/auto_config.ts";
export {
  AlbertForMaskedLM,
  AlbertForQuestionAnswering,
  AlbertForSequenceClassification,
  AlbertForTokenClassification,
  AlbertModel,
  BartForSequenceClassification,
  BertForMaskedLM,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  BertModel,
  CamembertForMaskedLM,
  CamembertForQuestionAnswering,
  CamembertForSequenceClassification,
  CamembertForTokenClassification,
  CamembertModel,
  DistilBertForMaskedLM,
  DistilBertForQuestionAnswering,
  DistilBertForSequenceClassification,
  DistilBertForTokenClassification,
  DistilBertModel,
  ElectraForMaskedLM,
  ElectraForQuestionAnswering,
  ElectraForSequenceClassification,
  ElectraForTokenClassification,
  ElectraModel,
  LongformerForMaskedLM,
  LongformerForQuestionAnswering,
  LongformerForSequenceClassification,
  LongformerForTokenClassification,
  LongformerModel,
  MBartForSequenceClassification,
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
  RobertaModel,
  XLMRobertaForMaskedLM,
  XLMRobertaForQuestionAnswering,
  XLMRobertaForSequenceClassification,
  XLMRobertaForTokenClassification,
  XLMRobertaModel,
} from "./models/family_classes.ts";
export {
  BartForConditionalGeneration,
  LEDForConditionalGeneration,
  MBartForConditionalGeneration,
  PegasusForConditionalGeneration,
} from "./generation/family_classes.ts";

export {
  type AutoClass,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type BaseModelOutput,
  CausalLM,
  ConditionalGeneration,
  EncoderModel,
  type HeadModel,
  type HiddenStates,
  type LanguageModel,
  type LogitsOutput,
  MaskedLM,
  type MemoryDataType,
  type ModelInputs,
  type ModelSettings,
  MultipleChoice,
  PreTrainedModel,
  type PreTrainedOptions,
  PreTraining,
  QuestionAnswering,
  type QuestionAnsweringOutput,
  SequenceClassification,
  TokenClassification,
  type TokenNumbers,
} from "./models/mod.ts";

export {
  AutoModelForSeq2SeqLM,
  BaseStreamer,
  EncoderNoRepeatNGramLogitsProcessor,
  EncoderRepetitionPenaltyLogitsProcessor,
  EosTokenCriteria,
  EpsilonLogitsWarper,
  EtaLogitsWarper,
  ExponentialDecayLengthPenalty,
  ForcedBOSTokenLogitsProcessor,
  ForcedEOSTokenLogitsProcessor,
  ForceTokensLogitsProcessor,
  type GenerateOutput,
  GenerationCache,
  type GenerationSettings,
  InterruptableStoppingCriteria,
  LogitNormalization,
  type LogitsFunction,
  LogitsProcessor,
  LogitsProcessorList,
  LogitsWarper,
  MaxLengthCriteria,
  MaxTimeCriteria,
  MinLengthLogitsProcessor,
  MinNewTokensLengthLogitsProcessor,
  NoBadWordsLogitsProcessor,
  NoRepeatNGramLogitsProcessor,
  RepetitionPenaltyLogitsProcessor,
  type Scores,
  type Seq2SeqGenerateInputs,
  Seq2SeqLM,
  SequenceBiasLogitsProcessor,
  StoppingCriteria,
  StoppingCriteriaList,
  type StoppingFunction,
  StopStringCriteria,
  type StreamedTokenizer,
  SuppressTokensAtBeginLogitsProcessor,
  SuppressTokensLogitsProcessor,
  TemperatureLogitsWarper,
  type TextDecoder,
  type TextDecoderOptions,
  TextStreamer,
  type TextStreamerOptions,
  TopKLogitsWarper,
  TopPLogitsWarper,
  TypicalLogitsWarper,
} from "./generation/mod.ts";

export {
  type AggregationStrategy,
  type CallOptions,
  type EntityGroup,
  type FeatureExtractionOptions,
  FeatureExtractionPipeline,
  type FillMaskOptions,
  FillMaskPipeline,
  type FillMaskResult,
  type FillMaskResults,
  type LabelledRange,
  pipeline,
  type Pipelines,
  type PipelineTask,
  type Pooling,
  type QuestionAnsweringOptions,
  QuestionAnsweringPipeline,
  type QuestionAnsweringResult,
  type QuestionAnsweringResults,
  type ScoreFunction,
  type SentenceLayer,
  type SentencePooling,
  type SentenceTexts,
  sigmoid,
  SummarizationPipeline,
  type SummarizationResult,
  Text2TextGenerationPipeline,
  type Text2TextGenerationResult,
  type TextClassificationOptions,
  TextClassificationPipeline,
  type TextClassificationResult,
  type TextClassificationResults,
  type TextEmbedding,
  type TextPair,
  TextPipeline,
  type TokenClassificationOptions,
  type TokenClassificationOutput,
  TokenClassificationPipeline,
  type TokenClassificationResult,
  type TranslationOptions,
  TranslationPipeline,
  type TranslationResult,
  type WritingOptions,
  WritingPipeline,
  type WritingTask,
  type ZeroShotClassificationOptions,
  ZeroShotClassificationPipeline,
  type ZeroShotClassificationResult,
} from "./pipelines/mod.ts";

export {
  type AnyBatchEncoding,
  AutoTokenizer,
  type BatchEncoding,
  type DecodeOptions,
  PreTrainedTokenizer,
  type TokenIds,
  type TokenizerOptions,
  type TruncationStrategy,
} from "./tokenizer/mod.ts";

export {
  accuracy,
  AdamW,
  type AdamWOptions,
  Collator,
  type CollatorOptions,
  type DataCollator,
  type Dataset,
  EarlyStoppingCallback,
  type EarlyStoppingOptions,
  type EvalPrediction,
  type Example,
  type ExampleData,
  f1,
  findLabels,
  type FoundLabels,
  type IntervalStrategy,
  type LogEntry,
  lossOf,
  type MetricsFunction,
  type PredictionOutput,
  ProgressCallback,
  readCsv,
  readJsonLines,
  Tape,
  type TapeOptions,
  type Trainable,
  Trainer,
  type TrainerCallback,
  type TrainerControl,
  type TrainerOptions,
  type TrainerState,
  type TrainingArguments,
  type TrainingBatch,
  type TrainOptions,
  type TrainOutput,
} from "./training/mod.ts";
