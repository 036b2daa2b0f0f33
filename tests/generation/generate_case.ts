/** Runs a case of tests/golden/generation. */
import { generate, type GenerateOutput } from "../../generation/generate.ts";
import { GenerationCache } from "../../generation/generation_cache.ts";
import { resolveSettings } from "../../generation/resolve_settings.ts";
import { startRows } from "../../generation/row_lengths.ts";
import type { GenerationSettings } from "../../generation/settings.ts";
import type { Backend } from "../../ops/backend.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { hashIds, type Table, TableRunner } from "./table_runner.ts";

/** A case: a model that is a table, inputs, settings. */
export interface GenerationCase {
  readonly table: Table;
  readonly settings: GenerationSettings;
  readonly input_ids: readonly (readonly number[])[];
  readonly decoder_input_ids?: readonly (readonly number[])[];
  readonly is_encoder_decoder: boolean;
}

/** A case and the answer of transformers. */
export interface GoldenCase extends GenerationCase {
  readonly sequences: readonly (readonly number[])[];
  readonly sequences_scores?: readonly number[];
}

/** What a case gives. */
export interface CaseResult extends GenerateOutput {
  readonly rows: number[][];
  /** Number of ids that the rows start with. */
  readonly start: number;
  readonly runner: TableRunner;
}

/** Generates; the caller disposes of the result's cache. */
export async function generateCase(
  backend: Backend,
  { table, settings, input_ids, decoder_input_ids, is_encoder_decoder }: GenerationCase,
  limit = 64,
): Promise<CaseResult> {
  const facts = { vocabulary: table.vocabulary, limit, hasEncoder: is_encoder_decoder };
  const call = { return_dict_in_generate: true, output_scores: true, ...settings };
  const resolved = resolveSettings(call, {}, facts);
  const prompts = is_encoder_decoder
    ? startRows(resolved, input_ids.length, decoder_input_ids)
    : input_ids;
  const contexts = input_ids.map((ids) =>
    is_encoder_decoder ? hashIds(table.seed, ids) : table.seed
  );
  const runner = new TableRunner(backend, table, contexts, limit);
  const inputs = {
    cache: settings.past_key_values ?? new GenerationCache(runner),
    prompts,
    ...(is_encoder_decoder && { encoderIds: input_ids }),
  };
  const result = await generate(inputs, resolved);
  const output = (result instanceof Tensor ? { sequences: result } : result) as GenerateOutput;
  const rows = (output.sequences.tolist() as bigint[][]).map((row) => row.map(Number));
  return { ...output, rows, start: prompts[0].length, runner };
}
