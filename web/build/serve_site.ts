/**
 * Serves the site as GitHub Pages does: files, without headers for isolation.
 *
 * @module
 */
import { extname, join } from "@std/path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** Codes of errors for a path that names no file: none there, one above it, a name too long. */
const MISSING = ["ENOENT", "ENOTDIR", "ENAMETOOLONG"];

/** A running server. */
export interface SiteServer {
  /** Address of the front page. */
  readonly url: string;
  /** Stops the server. */
  close(): Promise<void>;
}

/**
 * Serves a folder on localhost.
 *
 * @param folder The folder.
 * @param port Its port; a free one if 0.
 * @returns The server.
 */
export function serveSite(folder: string, port: number): SiteServer {
  const server = Deno.serve(
    { hostname: "localhost", port, onListen: () => {} },
    async (request) => {
      const path = pathOf(request.url);
      if (path === undefined) return new Response("Bad request", { status: 400 });
      const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
      try {
        if ((await Deno.stat(file)).isDirectory) {
          const folder = new URL(request.url);
          folder.pathname += "/";
          return Response.redirect(folder, 301);
        }
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        return new Response((await Deno.open(file)).readable, {
          headers: { "Content-Type": type },
        });
      } catch (error) {
        if (!MISSING.includes((error as { code?: string }).code ?? "")) throw error;
        return new Response("Not found", { status: 404 });
      }
    },
  );
  return {
    url: `http://localhost:${server.addr.port}/`,
    close: () => server.shutdown(),
  };
}

/** Decodes the path of a URL; undefined if it leads elsewhere, or cannot be decoded. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url).pathname);
    return /\0|\\|\/\.\.(\/|$)/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}
