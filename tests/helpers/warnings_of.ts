/**
 * Collects what a function writes to `console.warn`.
 *
 * @param body The function.
 * @returns The warnings, in order.
 */
export async function warningsOf(body: () => unknown): Promise<string[]> {
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (message: string) => warnings.push(message);
  try {
    await body();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
