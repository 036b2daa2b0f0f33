/**
 * Description of the machine.
 *
 * @module
 */

/**
 * Describes the machine in one line.
 *
 * @param date Date of the measurement.
 * @returns Cores, processor (if it can be read), Deno's version and the date.
 */
export function describeMachine(date: Date): string {
  const cores = navigator.hardwareConcurrency;
  return [
    cores === 1 ? "1 core" : `${cores} cores`,
    ...readProcessor(),
    `Deno ${Deno.version.deno}`,
    date.toISOString().slice(0, 10),
  ].join(", ");
}

/** Reads the processor's name; empty if `/proc` cannot be read. */
function readProcessor(): string[] {
  try {
    const name = Deno.readTextFileSync("/proc/cpuinfo").match(/^model name\s*: (.+)$/m)?.[1];
    return name ? [name.trim()] : [];
  } catch {
    return [];
  }
}
