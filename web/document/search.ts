/**
 * Search of the passages of a text.
 *
 * @module
 */
import type { FeatureExtractionPipeline } from "../../pipelines/mod.ts";
import { pipeline } from "../../pipelines/pipeline.ts";
import { type Cost, load, type Loaded, type Run } from "./load.ts";
import { splitPassages } from "./passages.ts";
import type { Passage, SearchRequest, SearchResult } from "./protocol.ts";
import { rank, type Rows, rowsOf } from "./rank.ts";

/** Passages that are embedded at a time. */
const BATCH = 16;

/** Tokens after which no further passage is embedded: their rows are held. */
const MOST = 100_000;

/** Passages of a result. */
const FOUND = 5;

/** The passages of a text, embedded. */
interface Index extends Cost {
  /** What they were made of. */
  readonly key: string;
  readonly passages: readonly Passage[];
  /** Rows of each passage: one, or one for each token. */
  readonly rows: readonly Rows[];
  readonly tokens: number;
}

type Embedder = Loaded<FeatureExtractionPipeline>;

let index: Index | undefined;

/**
 * Embeds the passages of a text, once, and finds those that are nearest to a query.
 *
 * A checkpoint for sentence embeddings compares vectors. Of any other one, which was not trained for
 * that, each token of the query looks for its nearest token in a passage (Khattab and Zaharia, 2020).
 *
 * @param request The text, the query and the settings, of which length and attention are not used:
 * passages are short, so a model reads them as it was trained to.
 * @param run Progress and signal.
 * @returns The passages and what it cost.
 */
export async function search(request: SearchRequest, run: Run): Promise<SearchResult> {
  const { text, query, model, device } = request;
  const embedder = await load<FeatureExtractionPipeline>(
    "search",
    { ...request, attention: "own" },
    run,
    (source, options) => pipeline("feature-extraction", source, options),
  );
  const key = JSON.stringify([model, device, text]);
  const isKnown = index?.key === key;
  if (!isKnown) index = undefined;
  const { passages, rows, ...cost } = index ??= await embedAll(key, text, embedder, run);
  run.report("Comparing …");
  const { loaded, name, backend, threads, measure } = embedder;
  const end = measure();
  const isVector = hasVectors(loaded);
  const [asked] = await embed(loaded, [query], run.signal);
  const found = (await rank(asked.rows, rows, isVector, run.signal)).slice(0, FOUND)
    .map(({ at, score }) => ({ ...passages[at], score }));
  const figures = isKnown ? { tokens: asked.tokens, ...end() } : cost;
  return {
    task: "search",
    ...{ model: name, device: backend.name, threads, attention: "full, short passages" },
    ...figures,
    method: isVector ? "vectors" : "words",
    passages: passages.length,
    isKnown,
    found,
    end: passages[passages.length - 1].end,
  };
}

/** Whether the checkpoint says how a text becomes a vector. */
function hasVectors({ defaults }: FeatureExtractionPipeline): boolean {
  return defaults.pooling !== "none";
}

async function embedAll(
  key: string,
  text: string,
  { loaded, measure }: Embedder,
  run: Run,
): Promise<Index> {
  const all = splitPassages(text);
  if (all.length === 0) throw new RangeError("The text is empty: paste one");
  const end = measure();
  const passages: Passage[] = [];
  const rows: Rows[] = [];
  let tokens = 0;
  for (let first = 0; first < all.length && tokens < MOST; first += BATCH) {
    run.report(`Embedding passage ${first + 1} of ${all.length}`, first / all.length);
    const some = all.slice(first, first + BATCH);
    const texts = some.map(({ start, end }) => text.slice(start, end));
    for (const [i, embedded] of (await embed(loaded, texts, run.signal)).entries()) {
      tokens += embedded.tokens;
      if (tokens > MOST && passages.length > 0) break;
      passages.push(some[i]);
      rows.push(embedded.rows);
    }
  }
  return { key, passages, rows, tokens, ...end() };
}

async function embed(
  pipeline: FeatureExtractionPipeline,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<{ tokens: number; rows: Rows }[]> {
  const isVector = hasVectors(pipeline);
  const embedded = await pipeline._embed(texts, {
    ...(!isVector && { pooling: "none" }),
    truncation: true,
    signal,
  });
  return embedded.map(({ tokens, dims, data }) => {
    const width = dims[dims.length - 1];
    // Without the special tokens at both ends.
    const own = isVector || tokens <= 2 ? data : data.subarray(width, data.length - width);
    return { tokens, rows: rowsOf(own, width) };
  });
}
