/**
 * Where embeddings go.
 *
 * @module
 */
import type { EmbeddedPassage } from "./embedding.ts";
import { formatEmbedding } from "./embedding.ts";
import type { EmbeddingFormat } from "./embedding_formats.ts";
import { EncodePart } from "./encode_part.ts";
import type { Encoder } from "./encoder.ts";
import type { ModelIo } from "./model_io.ts";
import { escapeControls, formatTable } from "./table.ts";
import { plural } from "./plural.ts";

/** What takes embeddings, block by block. */
export interface Sink {
  /** Number of passages that an earlier run has left, and where. */
  readonly earlier?: { readonly passages: number; readonly path: string };
  /** Whether a block of texts is there from an earlier run; drops what is there instead of it. */
  has(index: number, texts: string): Promise<boolean>;
  /** Takes a block. */
  add(texts: string, passages: readonly EmbeddedPassage[]): Promise<void>;
  /** Ends the output after a number of blocks. */
  finish(blocks: number): Promise<void>;
  /** Ends the use of it, after an error, too. */
  close(): Promise<void>;
}

/** What an encoding depends on, beside its texts. */
export interface EncodeSettings {
  /** The model and its options. */
  readonly encoder: Encoder;
  /** Name of the device. */
  readonly device: string;
  /** Options of how passages are made. */
  readonly [option: string]: unknown;
}

/**
 * Opens a sink.
 *
 * @param io Streams and files.
 * @param output A file; `-` for standard output; undefined for none.
 * @param format Format of the file.
 * @param json Whether embeddings are printed.
 * @param settings What the encoding depends on.
 * @returns The sink. Without file and JSON it prints sizes.
 */
export async function openSink(
  io: ModelIo,
  output: string | undefined,
  format: EmbeddingFormat | undefined,
  json: boolean,
  settings: EncodeSettings,
): Promise<Sink> {
  const { encoder } = settings;
  if (format === undefined || output === undefined) {
    return json ? new JsonSink(io, encoder) : new SizesSink(io);
  }
  if (output === "-") return new StreamSink(io, format, encoder);
  return new FileSink(io, output, format, encoder, await EncodePart.open(output, settings));
}

/** Keeps nothing of an earlier run. */
abstract class FreshSink implements Sink {
  has(): Promise<boolean> {
    return Promise.resolve(false);
  }

  abstract add(texts: string, passages: readonly EmbeddedPassage[]): Promise<void>;

  finish(_blocks: number): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Prints each passage. */
class JsonSink extends FreshSink {
  constructor(readonly io: ModelIo, readonly encoder: Encoder) {
    super();
  }

  override async add(_texts: string, passages: readonly EmbeddedPassage[]): Promise<void> {
    for (const passage of passages) await this.io.stdout(formatEmbedding(passage, this.encoder));
  }
}

/** Prints the sizes of all passages in the end. */
class SizesSink extends FreshSink {
  readonly #rows: string[][] = [["id", "tokens", "dims"]];

  constructor(readonly io: ModelIo) {
    super();
  }

  override add(_texts: string, passages: readonly EmbeddedPassage[]): Promise<void> {
    for (const { id, tokens, dims } of passages) {
      this.#rows.push([escapeControls(id), String(tokens), `[${dims.join(", ")}]`]);
    }
    return Promise.resolve();
  }

  override async finish(): Promise<void> {
    await this.io.stdout(formatTable(this.#rows, [1]));
  }
}

/** Writes to standard output in the end: a header of sizes comes first. */
class StreamSink extends FreshSink {
  readonly #blocks: (readonly EmbeddedPassage[])[] = [];

  constructor(
    readonly io: ModelIo,
    readonly format: EmbeddingFormat,
    readonly encoder: Encoder,
  ) {
    super();
  }

  override add(_texts: string, passages: readonly EmbeddedPassage[]): Promise<void> {
    this.#blocks.push(passages);
    return Promise.resolve();
  }

  override async finish(): Promise<void> {
    const blocks = this.#blocks;
    const passages = blocks.reduce((sum, { length }) => sum + length, 0);
    const read = async function* () {
      yield* blocks;
    };
    const files = this.format.encode("-", { read, passages, encoder: this.encoder });
    for (const [path, bytes] of files) await this.io.writeBytes(path, bytes);
    await this.io.stderr(`${plural(passages, "passage")}\n`);
  }
}

/** Writes a file when all is there; until then blocks are kept in another one. */
class FileSink implements Sink {
  readonly earlier?: { readonly passages: number; readonly path: string };

  constructor(
    readonly io: ModelIo,
    readonly output: string,
    readonly format: EmbeddingFormat,
    readonly encoder: Encoder,
    readonly part: EncodePart,
  ) {
    const { path, passages } = part;
    if (passages > 0) this.earlier = { path, passages };
  }

  async has(index: number, texts: string): Promise<boolean> {
    if (this.part.has(index, texts)) return true;
    await this.part.cut(index);
    return false;
  }

  add(texts: string, passages: readonly EmbeddedPassage[]): Promise<void> {
    return this.part.append(texts, passages);
  }

  async finish(blocks: number): Promise<void> {
    const { part, encoder, output } = this;
    await part.cut(blocks);
    const { passages } = part;
    const table = { read: () => part.read(), passages, encoder };
    for (const [path, bytes] of this.format.encode(output, table)) {
      await this.io.writeBytes(path, bytes);
    }
    await part.remove();
    await this.io.stdout(`Wrote ${escapeControls(output)}: ${plural(passages, "passage")}\n`);
  }

  close(): Promise<void> {
    return this.part.close();
  }
}
