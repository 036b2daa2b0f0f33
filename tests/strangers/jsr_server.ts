import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../helpers/published_files.ts";

/**
 * Lists what `deno publish` would send.
 *
 * @returns Paths relative to the root, sorted.
 * @throws {Error} If the package cannot be published.
 */
export async function listPublished(): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`Cannot publish: ${text}`);
  return [...text.matchAll(/^ +(file:\S+) \(/gm)]
    .map(([, url]) => decodeURIComponent(url.slice(ROOT.href.length)))
    .sort();
}

/** Replaces names of `imports` by what they stand for, as publishing does. */
function publishedText(text: string): string {
  const imports: Record<string, string> = config.imports;
  return text.replace(
    /^(import|export)( [^;"`=()]*? from)? "([^."][^"]*)"/gm,
    (all, word, names = "", name) => imports[name] ? `${word}${names} "${imports[name]}"` : all,
  );
}

/**
 * Serves the package as JSR would: Deno uses this server if `JSR_URL` names it, so that
 * `deno add jsr:@lsg/core` gets the files that would be published, and no others.
 *
 * @param paths The files, from {@linkcode listPublished}.
 * @returns The server.
 */
export async function serveJsr(paths: readonly string[]): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const path of paths) {
    let bytes = await Deno.readFile(new URL(path, ROOT));
    if (path.endsWith(".ts")) {
      bytes = new TextEncoder().encode(publishedText(new TextDecoder().decode(bytes)));
    }
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    files.set(path, bytes);
    manifest[`/${path}`] = { size: bytes.length, checksum: `sha256-${hash}` };
  }
  const { name, version, exports } = config;
  const [scope, packageName] = name.slice(1).split("/");
  const answers: Record<string, unknown> = {
    "meta.json": { scope, name: packageName, latest: version, versions: { [version]: {} } },
    [`${version}_meta.json`]: { manifest, exports },
  };
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const path = decodeURIComponent(pathname).replace(`/${name}/`, "");
    if (answers[path]) return Response.json(answers[path]);
    const file = files.get(path.replace(`${version}/`, ""));
    return file ? new Response(file) : new Response(null, { status: 404 });
  });
}
