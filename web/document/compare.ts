/**
 * Passes of growing length, with LSG and with full attention.
 *
 * @module
 */
import { AutoModel, type EncoderModel } from "../../models/mod.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { type Cost, load, type Run } from "./load.ts";
import type { ComparedPass, CompareRequest } from "./protocol.ts";
import { readText } from "./read_text.ts";

interface Reader {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: EncoderModel;
}

/** Tokens of a pass before the first one that is measured, which readies the kernels. */
const WARM_UP = 256;

/** A quick pass is measured again, as other work delays it more; the quickest counts. */
const REPEATS = 4;
const QUICK_SECONDS = 1;

/**
 * Measures a pass at each length with both; a text that is too short is repeated.
 *
 * @param request The text, the lengths and the settings, whose attention is not used.
 * @param run Progress and signal.
 * @param onPass Called with each pass.
 */
export async function compare(
  request: CompareRequest,
  run: Run,
  onPass: (pass: ComparedPass) => void,
): Promise<void> {
  const { lengths } = request;
  const longest = lengths[lengths.length - 1];
  for (const [n, tokens] of lengths.entries()) {
    for (const asked of ["lsg", "full"] as const) {
      const { loaded, name, attention, backend, threads, measure } = await load<Reader>(
        `compare ${asked}`,
        { ...request, tokens: longest, attention: asked },
        run,
        open,
      );
      const { tokenizer, model } = loaded;
      const ids = repeatTo(readText(tokenizer, request.text, tokens).ids, tokens);
      run.report(
        `${tokens.toLocaleString("en")} tokens, ${attention} attention`,
        n / lengths.length,
      );
      if (n === 0) await pass(model, ids.slice(0, WARM_UP), run);
      const costs: Cost[] = [];
      do {
        const end = measure();
        await pass(model, ids, run);
        costs.push(end());
      } while (costs.length < REPEATS && sum(costs) < QUICK_SECONDS);
      onPass({
        task: "compare",
        ...{ model: name, attention, device: backend.name, threads, tokens },
        ...costs.reduce((best, cost) => cost.seconds < best.seconds ? cost : best),
      });
    }
  }
}

function sum(costs: readonly Cost[]): number {
  return costs.reduce((sum, { seconds }) => sum + seconds, 0);
}

async function open(
  source: Parameters<typeof AutoModel.from_pretrained>[0],
  options: Parameters<typeof AutoModel.from_pretrained>[1],
): Promise<Reader> {
  // Said before the weights are downloaded.
  if (!options?.lsg && !options?.attention) {
    throw new RangeError(
      "This model keeps its own attention: there is no full attention to compare it with",
    );
  }
  const tokenizer = await AutoTokenizer.from_pretrained(source, { signal: options?.signal });
  return { tokenizer, model: await AutoModel.from_pretrained(source, options) };
}

async function pass(model: EncoderModel, ids: number[], { signal }: Run): Promise<void> {
  const { last_hidden_state, pooler_output } = await model({ input_ids: [ids], signal });
  last_hidden_state.dispose();
  pooler_output?.dispose();
}

/** Repeats the tokens between the first and the last one. */
function repeatTo(ids: readonly number[], count: number): number[] {
  const inner = ids.slice(1, -1);
  const repeated = Array.from({ length: count - 2 }, (_, i) => inner[i % inner.length] ?? ids[0]);
  return [ids[0], ...repeated, ids[ids.length - 1]];
}
