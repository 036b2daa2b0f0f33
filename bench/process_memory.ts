/**
 * Memory of this process.
 *
 * @module
 */

/** Resident memory of a process in megabytes. */
export interface ProcessMemory {
  /** Current size. */
  readonly resident: number;
  /** Peak size. */
  readonly peak: number;
}

/**
 * Reads the memory of this process from `/proc` (Linux only).
 *
 * @returns Megabytes of 2²⁰ bytes.
 */
export function readProcessMemory(): ProcessMemory {
  const status = Deno.readTextFileSync("/proc/self/status");
  const megabytes = (key: string) =>
    Number(status.match(new RegExp(`^${key}:\\s*(\\d+) kB$`, "m"))![1]) / 1024;
  return { resident: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}
