/**
 * Runs `body` and gives what it wrote to `console.warn`.
 *
 * @param body What may warn.
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
