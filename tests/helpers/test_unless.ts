/**
 * Registers a test. With a reason to skip it, the test is ignored and its name has the reason, so
 * that the report shows it.
 *
 * @param reason Reason to skip the test; undefined to run it.
 * @param name Name of the test.
 * @param fn Body of the test.
 */
export function testUnless(
  reason: string | undefined,
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  const title = reason === undefined ? name : `${name}, skipped: ${reason}`;
  Deno.test({ name: title, ignore: reason !== undefined, fn });
}
