import { extname, join } from "@std/path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
};

/** Headers that a browser requires for shared memory. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves folders on localhost, with the headers for threads.
 *
 * @param folders Path of a folder for each prefix; the longest prefix counts.
 * @returns The server.
 */
export function serveFolders(
  folders: Readonly<Record<string, string>>,
): { url: string; close(): Promise<void> } {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = Deno.serve(
    { hostname: "localhost", port: 0, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname;
      const prefix = prefixes.find((each) => path.startsWith(each))!;
      const file = join(folders[prefix], path.slice(prefix.length) || "index.html");
      try {
        const headers = { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" };
        return new Response(await Deno.readFile(file), { headers: { ...headers, ...ISOLATION } });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return new Response(null, { status: 404 });
        throw error;
      }
    },
  );
  return { url: `http://localhost:${server.addr.port}/`, close: () => server.shutdown() };
}
