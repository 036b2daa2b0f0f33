/**
 * Long-document transformers: LSG attention, its models, tokenizers and pipelines.
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
  Tensor,
  type TensorArray,
  type TensorArrays,
  type TensorType,
} from "./tensor/tensor.ts";
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

export {
  type AutoClass,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSeq2SeqLM,
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
  softmax,
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
