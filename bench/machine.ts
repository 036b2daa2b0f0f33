/**
 * What a measurement ran on.
 *
 * @module
 */

/**
 * One line about the machine.
 *
 * @param date When the measurement is made.
 * @returns Cores, processor (if it can be read), Deno's version and the day.
 */
export function machineLine(date: Date): string {
  const cores = navigator.hardwareConcurrency;
  return [
    cores === 1 ? "1 core" : `${cores} cores`,
    ...processor(),
    `Deno ${Deno.version.deno}`,
    date.toISOString().slice(0, 10),
  ].join(", ");
}

/** The processor's name; none where there is no `/proc` or it must not be read. */
function processor(): string[] {
  try {
    const name = Deno.readTextFileSync("/proc/cpuinfo").match(/^model name\s*: (.+)$/m)?.[1];
    return name ? [name.trim()] : [];
  } catch {
    return [];
  }
}
