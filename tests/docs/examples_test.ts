/** What users call has an example. */
import { assertEquals, assertGreater } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../helpers/published_files.ts";

/** What `deno doc --json` tells of an export. */
interface Exported {
  readonly name: string;
  readonly declarations: readonly {
    readonly declarationKind: string;
    readonly kind: string;
    readonly location: { readonly filename: string };
    readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
  }[];
}

async function listExports(): Promise<readonly Exported[]> {
  const args = ["doc", "--json", ...Object.values(config.exports)];
  const { stdout, success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  assertEquals(success, true);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return (Object.values(nodes) as { symbols: Exported[] }[]).flatMap(({ symbols }) => symbols);
}

/** Functions, classes and operations are called; errors are not made by users. */
function isCalled({ name, declarations }: Exported): boolean {
  return !name.endsWith("Error") &&
    declarations.some(({ declarationKind, kind, location }) =>
      declarationKind === "export" &&
      (/^(function|class)$/.test(kind) ||
        kind === "variable" && /^[a-z]/.test(name) && location.filename.includes("/ops/"))
    );
}

function hasExample({ declarations }: Exported): boolean {
  return declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"));
}

Deno.test("every exported function, class and operation has an example", async () => {
  const called = new Map<string, Exported>();
  for (const each of (await listExports()).filter(isCalled)) {
    called.set(`${each.declarations[0].location.filename} ${each.name}`, each);
  }
  assertGreater(called.size, 200);
  const without = [...called].filter(([, each]) => !hasExample(each)).map(([name]) => name);
  assertEquals(without.map((name) => name.replace(ROOT.href, "")), []);
});
