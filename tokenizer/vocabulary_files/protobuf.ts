/** A whole number, of which the lower 32 bits are kept; or the bytes of any other value. */
export type FieldValue = number | Uint8Array;

/** Most bytes of a whole number. */
const MAX_NUMBER_BYTES = 10;

/**
 * Reads the fields of a protobuf message in wire format
 * (https://protobuf.dev/programming-guides/encoding).
 *
 * @param bytes The message.
 * @param name Its name in errors.
 * @param onField Called with the number and the value of each field; the bytes are not copied.
 * @throws {SyntaxError} If the message is cut off, or is not one.
 */
export function readFields(
  bytes: Uint8Array,
  name: string,
  onField: (number: number, value: FieldValue) => void,
): void {
  let at = 0;
  const fail = (what: string): never => {
    throw new SyntaxError(`Cannot read ${name}: it is not a protobuf message, ${what} at ${at}`);
  };
  const readNumber = (): number => {
    let value = 0;
    for (let i = 0; i < MAX_NUMBER_BYTES && at < bytes.length; i++) {
      const byte = bytes[at++];
      if (i < 5) value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value;
    }
    return fail("a number is cut off or too long");
  };
  const readBytes = (length: number): Uint8Array => {
    if (length < 0 || length > bytes.length - at) fail(`${length} bytes are wanted`);
    return bytes.subarray(at, at += length);
  };
  while (at < bytes.length) {
    const key = readNumber();
    const number = key >>> 3;
    if (number === 0) fail("a field has the number 0");
    switch (key & 7) {
      case 0:
        onField(number, readNumber());
        break;
      case 1:
        onField(number, readBytes(8));
        break;
      case 2:
        onField(number, readBytes(readNumber()));
        break;
      case 5:
        onField(number, readBytes(4));
        break;
      default:
        fail(`a field has the type ${key & 7}`);
    }
  }
}
