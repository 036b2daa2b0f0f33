/**
 * How much memory this process has.
 *
 * @module
 */

/** Megabytes of a process that lie in memory. */
export interface ProcessMemory {
  /** Now. */
  readonly resident: number;
  /** The most that there ever was. */
  readonly peak: number;
}

/**
 * Asks Linux how much memory this process has.
 *
 * @returns Megabytes of 2²⁰ bytes.
 */
export function processMemory(): ProcessMemory {
  const status = Deno.readTextFileSync("/proc/self/status");
  const megabytes = (key: string) =>
    Number(status.match(new RegExp(`^${key}:\\s*(\\d+) kB$`, "m"))![1]) / 1024;
  return { resident: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}
