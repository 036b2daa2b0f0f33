/**
 * The passages of documents, embedded block by block.
 *
 * @module
 */
import type { FeatureExtractionOptions, FeatureExtractionPipeline } from "../pipelines/mod.ts";
import { embedBlock } from "./embed_block.ts";
import { type EmbedderValues, promptOf } from "./embedder.ts";
import { groupPassages, hashPassages } from "./encode_blocks.ts";
import { type Document, type InputFile, readDocuments } from "./encode_inputs.ts";
import { describeProgress } from "./encode_progress.ts";
import type { Sink } from "./encode_sinks.ts";
import type { ModelIo } from "./model_io.ts";
import { type NamedPassage, splitDocument, wholeDocument } from "./passages.ts";
import { withProgressLine } from "./progress.ts";
import { readTextFile } from "./read_text.ts";
import { warn } from "./run_command.ts";

/** How documents are read and divided. */
export interface PassageValues extends EmbedderValues {
  /** The only document; absent: those of the files. */
  readonly text?: string;
  /** Whether each line is a document. */
  readonly lines: boolean;
  /** Most tokens of a passage; absent: documents are not divided. */
  readonly window?: number;
  /** Tokens that passages share. */
  readonly overlap?: number;
}

/** Files that are named in warnings; others are counted. */
const MOST_NAMED = 3;

/**
 * Embeds the passages of documents that are not there from an earlier run.
 *
 * @param io Streams and files.
 * @param extractor The pipeline.
 * @param sink Where they go.
 * @param files The files to read, if there is no `--text`.
 * @param values How documents are read and divided.
 * @param options Options of the pipeline.
 * @throws {RangeError} If there is no document.
 */
export async function encodePassages(
  io: ModelIo,
  extractor: FeatureExtractionPipeline,
  sink: Sink,
  files: readonly InputFile[],
  values: PassageValues,
  options: FeatureExtractionOptions,
): Promise<void> {
  const leftOut = { count: 0 };
  const documents = readAll(io, files, values, leftOut);
  const sizes = files.map(({ bytes }) => bytes);
  const total = sizes.length > 0 && sizes.every((bytes) => bytes !== undefined)
    ? sizes.reduce((sum, bytes) => sum + bytes, 0)
    : undefined;
  const { earlier } = sink;
  if (earlier) {
    await io.stderr(`Going on after ${earlier.passages} passages, which are in ${earlier.path}\n`);
  }
  const blocks = await withProgressLine(io, async (show) => {
    let [index, passages, tokens, restored, bytes] = [0, 0, 0, 0, 0];
    let start = performance.now();
    const describe = () => {
      const seconds = (performance.now() - start) / 1000;
      return describeProgress({ passages, tokens, bytes, restored }, total, seconds);
    };
    for await (const group of groupPassages(divide(documents, extractor, values))) {
      const hash = hashPassages(group);
      const before = passages;
      const end = group.at(-1)!.bytes;
      if (await sink.has(index, hash)) {
        restored = end;
        start = performance.now();
      } else {
        show?.(describe());
        const layer_callback: FeatureExtractionOptions["layer_callback"] = show &&
          (({ layer, layers }) => show(`${describe()} · layer ${layer} of ${layers}`));
        const embeddings = await embedBlock(
          group,
          (texts) => extractor._embed(texts, { ...options, layer_callback }),
          (more, moreTokens) => {
            passages += more;
            tokens += moreTokens;
            // About as many of the block's bytes as of its passages.
            bytes += (end - bytes) * more / (before + group.length - passages + more);
            show?.(describe());
          },
        );
        await sink.add(hash, group.map((passage, i) => ({ ...passage, ...embeddings[i] })));
      }
      index++;
      passages = before + group.length;
      bytes = end;
    }
    return index;
  });
  if (leftOut.count > MOST_NAMED) {
    await warn(io, `${leftOut.count - MOST_NAMED} more files are left out`);
  }
  if (blocks === 0) throw new RangeError("Cannot encode: there are no documents");
  await sink.finish(blocks);
}

async function* readAll(
  io: ModelIo,
  files: readonly InputFile[],
  { text, lines }: PassageValues,
  leftOut: { count: number },
): AsyncGenerator<Document> {
  const streamText = text === undefined
    ? (path: string) => io.streamText(path)
    : () => partsOf(text);
  const readText = text === undefined
    ? (path: string) => readTextFile(io, path)
    : () => Promise.resolve(text);
  const all = text === undefined ? files : [{ path: "-", name: "text", isFound: false }];
  yield* readDocuments(all, {
    lines,
    readText,
    streamText,
    onLeftOut: async (name, reason) => {
      if (++leftOut.count <= MOST_NAMED) await warn(io, `${name} is left out: ${reason}`);
    },
  });
}

async function* partsOf(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

async function* divide(
  documents: AsyncIterable<Document>,
  extractor: FeatureExtractionPipeline,
  values: PassageValues,
): AsyncGenerator<NamedPassage & { readonly bytes: number }> {
  const { window, overlap = 0 } = values;
  const prompt = promptOf(values, extractor.defaults);
  let before = 0;
  for await (const document of documents) {
    const passages = window === undefined
      ? [wholeDocument(document)]
      : splitDocument(extractor, document, { window, overlap, prompt });
    const bytes = document.bytes - before;
    for (const passage of passages) {
      const part = passage.end / Math.max(1, document.text.length);
      yield { ...passage, bytes: before + bytes * part };
    }
    before = document.bytes;
  }
}
