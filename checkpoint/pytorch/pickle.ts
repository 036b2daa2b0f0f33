/**
 * A reader of Python's pickles: the opcodes that dictionaries of tensors need, protocols 2 to 5.
 * Nothing is executed: a name is looked up in a table of a few functions of this library, and an
 * opcode or a name that is not there is an error.
 *
 * @module
 */
import { ByteReader } from "./byte_reader.ts";
import { malformed, refused } from "./fault.ts";
import { type PickleCallable, PickleDict, PickleList, PickleTuple } from "./pickle_values.ts";

/** Longest pickle that is read; one of 17,000 tensors has 3 MB. */
export const MAX_PICKLE_BYTES = 2 ** 24;

/** Most opcodes of a pickle: a tensor takes about 30. */
const MAX_STEPS = 2 ** 19;

/** Steps that an import counts for; Python writes each name once. */
const IMPORT_STEPS = 8;

/** What a pickle refers to. */
export interface PickleContext {
  /** Looks up what Python imports under a name; throws if it is not allowed. */
  find(module: string, name: string): unknown;
  /** Looks up what is stored beside the pickle; throws if there is none. */
  load(id: unknown): unknown;
}

/** The result of reading a pickle. */
export interface PickleResult {
  /** The value. */
  value: unknown;
  /** Position after the pickle's last byte. */
  end: number;
}

/**
 * Reads one pickle.
 *
 * @param bytes Bytes that contain it.
 * @param start Position of its first byte.
 * @param context What it refers to.
 * @returns The value, and where the pickle ends.
 * @throws {Truncated} If the bytes end before it does.
 * @throws {Fault} If it is malformed, or has an opcode that tensors do not need.
 * @throws {Fault} If it takes too many steps, or imports a name that is not allowed.
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  context: PickleContext,
): PickleResult {
  return new Unpickler(new ByteReader(bytes, start), context).run();
}

/** A context for pickles of plain values. */
export const PLAIN: PickleContext = {
  find: () => {
    throw malformed("it imports a name where plain values are wanted");
  },
  load: () => {
    throw malformed("it refers to a storage where plain values are wanted");
  },
};

/** The virtual machine of pickles. */
class Unpickler {
  readonly #reader: ByteReader;
  readonly #context: PickleContext;
  readonly #stack: unknown[] = [];
  /** Heights of the stack at the open marks. */
  readonly #marks: number[] = [];
  readonly #memo: unknown[] = [];
  #steps = 0;

  constructor(reader: ByteReader, context: PickleContext) {
    this.#reader = reader;
    this.#context = context;
  }

  run(): PickleResult {
    if (this.#reader.uint8() !== 0x80) throw malformed("it does not begin with a protocol");
    const protocol = this.#reader.uint8();
    if (protocol < 2 || protocol > 5) {
      throw malformed(`its protocol is ${protocol}, wanted 2 to 5`);
    }
    for (;;) {
      this.#spend(1);
      const opcode = this.#reader.uint8();
      if (opcode === 0x2e) { // STOP
        const value = this.#pop();
        return { value, end: this.#reader.position };
      }
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case 0x95: // FRAME: how many bytes follow, which only matters to buffers
        reader.bytes(8);
        break;
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(reader.uint8());
      case 0x4d: // BININT2
        return this.#push(reader.uint16());
      case 0x4a: // BININT
        return this.#push(reader.int32());
      case 0x8a: // LONG1
        return this.#push(this.#readLong(reader.uint8()));
      case 0x47: // BINFLOAT
        return this.#push(reader.float64());
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING, of Python 2
        return this.#push(reader.text(reader.uint8()));
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING, of Python 2
        return this.#push(reader.text(reader.uint32()));
      case 0x8d: // BINUNICODE8
        return this.#push(reader.text(reader.uint64()));
      case 0x43: // SHORT_BINBYTES
        return this.#push(reader.bytes(reader.uint8()));
      case 0x42: // BINBYTES
        return this.#push(reader.bytes(reader.uint32()));
      case 0x28: // MARK
        this.#marks.push(this.#stack.length);
        break;
      case 0x29: // EMPTY_TUPLE
        return this.#push(EMPTY_TUPLE);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(new PickleTuple(this.#popMany(opcode - 0x84)));
      case 0x74: // TUPLE
        return this.#push(new PickleTuple(this.#popToMark()));
      case 0x5d: // EMPTY_LIST
        return this.#push(new PickleList());
      case 0x61: // APPEND
        return this.#extend(this.#popMany(1));
      case 0x65: // APPENDS
        return this.#extend(this.#popToMark());
      case 0x7d: // EMPTY_DICT
        return this.#push(new PickleDict());
      case 0x73: // SETITEM
        return this.#setItems(this.#popMany(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      case 0x30: // POP
        this.#pop();
        break;
      case 0x31: // POP_MARK
        this.#popToMark();
        break;
      case 0x32: // DUP
        return this.#push(this.#top());
      case 0x71: // BINPUT
        this.#memoize(reader.uint8());
        break;
      case 0x72: // LONG_BINPUT
        this.#memoize(reader.uint32());
        break;
      case 0x94: // MEMOIZE
        this.#memoize(this.#memo.length);
        break;
      case 0x68: // BINGET
        return this.#push(this.#recall(reader.uint8()));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(reader.uint32()));
      case 0x63: // GLOBAL
        this.#spend(IMPORT_STEPS);
        return this.#push(this.#context.find(reader.line(), reader.line()));
      case 0x93: // STACK_GLOBAL
        return this.#pushGlobal(this.#popMany(2));
      case 0x52: // REDUCE
        return this.#call(this.#popMany(2));
      case 0x62: // BUILD: attributes such as _metadata, which the values do not depend on
        this.#pop();
        if (!(this.#top() instanceof PickleDict)) {
          throw malformed("it sets attributes of something other than a dictionary");
        }
        break;
      case 0x51: // BINPERSID
        return this.#push(this.#context.load(this.#pop()));
      default:
        throw malformed(
          `it has the opcode 0x${opcode.toString(16).padStart(2, "0")} at byte ` +
            `${reader.position - 1}, which dictionaries of tensors do not need`,
        );
    }
  }

  readonly #spend = (steps: number): void => {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) {
      throw refused(`it takes more steps than the ${MAX_STEPS} that are allowed`);
    }
  };

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Takes the topmost values, which must lie above the last mark. */
  #popMany(count: number): unknown[] {
    const start = this.#stack.length - count;
    if (start < (this.#marks.at(-1) ?? 0)) throw malformed("its stack is empty");
    return this.#stack.splice(start);
  }

  #pop(): unknown {
    return this.#popMany(1)[0];
  }

  #popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw malformed("it has no mark where one is wanted");
    return this.#stack.splice(mark);
  }

  #top(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw malformed("its stack is empty");
    return this.#stack[this.#stack.length - 1];
  }

  /** Reads a whole number in two's complement; a bigint from 2^53 on. */
  #readLong(count: number): number | bigint {
    this.#spend(count);
    const bytes = this.#reader.bytes(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]);
    value = BigInt.asIntN(8 * count, value);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  #memoize(index: number): void {
    // Python counts from 0, the second version from 1.
    if (index > this.#memo.length + 1) throw malformed(`it skips values before the ${index}th`);
    this.#memo[index] = this.#top();
  }

  #recall(index: number): unknown {
    const value = this.#memo[index];
    if (value === undefined) throw malformed(`it recalls the value ${index}, which is not there`);
    return value;
  }

  #extend(items: unknown[]): void {
    const list = this.#top();
    if (!(list instanceof PickleList)) throw malformed("it appends to something other than a list");
    list.add(items);
  }

  #setItems(items: unknown[]): void {
    const dictionary = this.#top();
    if (!(dictionary instanceof PickleDict) || items.length % 2 !== 0) {
      throw malformed("it sets items of something other than a dictionary");
    }
    for (let i = 0; i < items.length; i += 2) dictionary.add(items[i], items[i + 1]);
  }

  #pushGlobal([module, name]: unknown[]): void {
    if (typeof module !== "string" || typeof name !== "string") {
      throw malformed("it imports a name that is not a string");
    }
    this.#push(this.#context.find(module, name));
  }

  #call([called, args]: unknown[]): void {
    if (typeof called !== "object" || called === null || !("call" in called)) {
      throw malformed("it calls something that cannot be called");
    }
    if (!(args instanceof PickleTuple)) throw malformed("it calls without a tuple of arguments");
    this.#push((called as PickleCallable).call(args.items, this.#spend));
  }
}

const EMPTY_TUPLE = new PickleTuple([]);
