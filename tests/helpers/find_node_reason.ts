/** Whether tests fail, instead of being skipped, if Node is missing or too old. */
const isRequired = Deno.env.get("LSG_REQUIRE_NODE") === "1";

/**
 * Returns the reason to skip tests in Node.
 *
 * @returns The reason; undefined if they run.
 */
export async function findNodeReason(): Promise<string | undefined> {
  if (isRequired) return undefined;
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
    const [version] = new TextDecoder().decode(stdout).split("\n");
    return Number(version.match(/^v(\d+)/)?.[1]) >= 20 ? undefined : `Node is ${version}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "Node is not installed";
    throw error;
  }
}
