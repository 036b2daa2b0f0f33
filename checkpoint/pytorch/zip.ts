/**
 * The directory of a zip archive (PKWARE's APPNOTE 6.3, zip64 included), as PyTorch writes one:
 * nothing is compressed, so that entries can be read in ranges.
 *
 * @module
 */
import { showName } from "../../base/show_value.ts";
import { readRange } from "../read_range.ts";
import type { CheckpointFile } from "../source.ts";
import { ByteReader, decodeText } from "./byte_reader.ts";
import { malformed, refused } from "./fault.ts";

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const DIRECTORY_END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;

/** Bytes of the fixed parts of these records. */
const LOCAL_HEADER_BYTES = 30;
const END_BYTES = 22;
const END_64_BYTES = 56;
const LOCATOR_BYTES = 20;

/** Longest comment behind the directory. */
const MAX_COMMENT = 0xffff;

/** Longest directory that is read; one of 17,000 tensors has 2 MB. */
const MAX_DIRECTORY_BYTES = 2 ** 23;

/** Most entries: more than a pickle here can name. */
const MAX_ENTRIES = 2 ** 16;

/** Value of a field whose number is in a zip64 record. */
const IN_ZIP64 = 0xffffffff;

/** A file in an archive. */
export interface ZipEntry {
  /** Its path in the archive. */
  readonly name: string;
  /** Its path, as it is stored. */
  readonly nameBytes: Uint8Array;
  /** Position of its header in the archive. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly size: number;
  /** Position at which the next entry, or the directory, begins. */
  readonly limit: number;
}

/**
 * Reads and checks the directory of an archive.
 *
 * @param file The archive.
 * @returns Its entries by name.
 * @throws {Fault} If it is not an archive, is truncated, or its entries overlap.
 * @throws {Fault} If it is too large, or compressed, encrypted or split.
 */
export async function readZip(file: CheckpointFile): Promise<Map<string, ZipEntry>> {
  const { start, end, count } = await findDirectory(file);
  const directory = new ByteReader(await readRange(file, start, end));
  const entries: Omit<ZipEntry, "limit">[] = [];
  for (let i = 0; i < count; i++) entries.push(parseEntry(directory, start));
  if (directory.position !== end - start) {
    throw malformed(`its directory has more than the ${count} entries it announces`);
  }
  return withLimits(entries, start);
}

/**
 * Finds an entry's bytes: checks the header in front of them.
 *
 * @param file The archive.
 * @param entry The entry.
 * @returns Position of its first byte.
 * @throws {Fault} If the header is not that of the entry.
 */
export async function locateEntry(file: CheckpointFile, entry: ZipEntry): Promise<number> {
  const { name, nameBytes, offset, size, limit } = entry;
  // The directory's check has shown that so many bytes are there.
  const end = offset + LOCAL_HEADER_BYTES + nameBytes.length;
  const header = new ByteReader(await readRange(file, offset, end));
  const isHeader = header.uint32() === LOCAL_HEADER;
  header.bytes(4); // version, flags
  const isStored = header.uint16() === 0;
  header.bytes(16); // time, date, checksum, sizes
  const nameLength = header.uint16();
  const start = end + header.uint16();
  const ownName = header.bytes(nameBytes.length);
  const isSame = nameLength === nameBytes.length &&
    ownName.every((byte, i) => byte === nameBytes[i]);
  if (!isHeader || !isStored || !isSame || start + size > limit) {
    throw malformed(`the directory and the header of ${showName(name)} disagree`);
  }
  return start;
}

async function findDirectory(
  file: CheckpointFile,
): Promise<{ start: number; end: number; count: number }> {
  const tailStart = Math.max(0, file.size - END_BYTES - MAX_COMMENT);
  const tail = await readRange(file, tailStart, file.size);
  const found = findEnd(tail);
  if (found === undefined) {
    throw malformed("it has no directory at its end; the file may be truncated");
  }
  const record = new ByteReader(tail, found + 4);
  const disks = [record.uint16(), record.uint16()];
  let [countHere, count] = [record.uint16(), record.uint16()];
  let [size, start] = [record.uint32(), record.uint32()];
  let limit = tailStart + found;
  if (count === 0xffff || size === IN_ZIP64 || start === IN_ZIP64) {
    if (limit < LOCATOR_BYTES) throw malformed("its zip64 directory is missing");
    const locator = new ByteReader(await readRange(file, limit - LOCATOR_BYTES, limit));
    const isLocator = locator.uint32() === LOCATOR_64;
    disks.push(locator.uint32());
    const position = locator.uint64();
    if (!isLocator || position + END_64_BYTES > limit - LOCATOR_BYTES) {
      throw malformed("its zip64 directory is missing");
    }
    const end64 = new ByteReader(await readRange(file, position, position + END_64_BYTES));
    if (end64.uint32() !== DIRECTORY_END_64) {
      throw malformed("its zip64 directory is missing");
    }
    end64.bytes(12); // size, versions
    disks.push(end64.uint32(), end64.uint32());
    [countHere, count, size, start] = [
      end64.uint64(),
      end64.uint64(),
      end64.uint64(),
      end64.uint64(),
    ];
    limit = position;
  }
  if (disks.some((disk) => disk !== 0) || countHere !== count) {
    throw refused(`it is one part of an archive in several parts`);
  }
  if (size > MAX_DIRECTORY_BYTES || count > MAX_ENTRIES) {
    throw refused(
      `its zip directory has ${count} entries in ${size} bytes, wanted ` +
        `at most ${MAX_ENTRIES} in ${MAX_DIRECTORY_BYTES}`,
    );
  }
  if (start + size > limit) {
    throw malformed("its directory does not lie in front of its end");
  }
  return { start, end: start + size, count };
}

/** Finds the last record, which ends with a comment. */
function findEnd(tail: Uint8Array): number | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let i = tail.length - END_BYTES; i >= 0; i--) {
    const isEnd = view.getUint32(i, true) === DIRECTORY_END;
    if (isEnd && i + END_BYTES + view.getUint16(i + 20, true) === tail.length) return i;
  }
  return undefined;
}

function parseEntry(directory: ByteReader, end: number): Omit<ZipEntry, "limit"> {
  if (directory.uint32() !== DIRECTORY_ENTRY) throw malformed("its directory is corrupt");
  directory.bytes(4); // versions
  const [flags, method] = [directory.uint16(), directory.uint16()];
  directory.bytes(8); // time, date, checksum
  const [stored, plain] = [directory.uint32(), directory.uint32()];
  const lengths = [directory.uint16(), directory.uint16(), directory.uint16()];
  directory.bytes(8); // disk, attributes
  const position = directory.uint32();
  const nameBytes = directory.bytes(lengths[0]);
  const extra = directory.bytes(lengths[1]);
  directory.bytes(lengths[2]); // comment
  const name = decodeText(nameBytes);
  const [size, storedSize, offset] = widen([plain, stored, position], extra);
  if (method !== 0 || (flags & 1) === 1) {
    throw refused(
      `${showName(name)} in it is ` +
        `${method === 0 ? "encrypted" : "compressed"}, wanted an archive as torch.save writes it`,
    );
  }
  if (size !== storedSize) throw malformed(`${showName(name)} has two sizes`);
  if (offset + LOCAL_HEADER_BYTES + nameBytes.length + size > end) {
    throw malformed(`${showName(name)} ends behind the start of the directory`);
  }
  return { name, nameBytes, offset, size };
}

/** Takes numbers that need more than 32 bits from the zip64 record, where they are in this order. */
function widen(fields: readonly number[], extra: Uint8Array): number[] {
  if (!fields.includes(IN_ZIP64)) return [...fields];
  const records = new ByteReader(extra);
  for (;;) {
    const [id, length] = [records.uint16(), records.uint16()];
    const record = new ByteReader(records.bytes(length));
    if (id === 1) return fields.map((field) => field === IN_ZIP64 ? record.uint64() : field);
  }
}

/** Checks that names are unique, and that no entry reaches into the next. */
function withLimits(
  entries: Omit<ZipEntry, "limit">[],
  end: number,
): Map<string, ZipEntry> {
  const named = new Map<string, ZipEntry>();
  const ordered = entries.toSorted((a, b) => a.offset - b.offset);
  ordered.forEach((entry, i) => {
    const { name, nameBytes, offset, size } = entry;
    const limit = ordered[i + 1]?.offset ?? end;
    if (offset + LOCAL_HEADER_BYTES + nameBytes.length + size > limit) {
      throw malformed(`${showName(name)} and ${showName(ordered[i + 1].name)} overlap`);
    }
    if (named.has(name)) throw malformed(`it holds ${showName(name)} twice`);
    named.set(name, { ...entry, limit });
  });
  return named;
}
