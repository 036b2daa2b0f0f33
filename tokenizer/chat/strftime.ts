/**
 * Times as Python writes them.
 *
 * @module
 */
const MONTHS =
  "January February March April May June July August September October November December"
    .split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (value: number): string => String(value).padStart(2, "0");

/** What the letter after a percent sign stands for. */
const DIRECTIVES: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => two(date.getFullYear() % 100),
  m: (date) => two(date.getMonth() + 1),
  B: (date) => MONTHS[date.getMonth()],
  b: (date) => MONTHS[date.getMonth()].slice(0, 3),
  d: (date) => two(date.getDate()),
  A: (date) => DAYS[date.getDay()],
  a: (date) => DAYS[date.getDay()].slice(0, 3),
  H: (date) => two(date.getHours()),
  I: (date) => two((date.getHours() + 11) % 12 + 1),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  p: (date) => date.getHours() < 12 ? "AM" : "PM",
  "%": () => "%",
};

/**
 * Writes a time in English, as Python's `strftime` does without a locale.
 *
 * @param date The time; its local day and hour are written.
 * @param format Text with directives such as `%Y-%m-%d`.
 * @returns The text.
 * @throws {RangeError} If a directive is not known.
 */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(.?)/gsu, (directive, letter) => {
    if (Object.hasOwn(DIRECTIVES, letter)) return DIRECTIVES[letter](date);
    throw new RangeError(
      `Cannot apply the chat template: it asks for the time as ${JSON.stringify(directive)}`,
    );
  });
}
