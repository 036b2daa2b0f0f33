import { extname } from "@std/path";

/** Folders that the page may fetch from. */
const FOLDERS = ["/tests/golden/", "/demo/model/", "/demo/northanger_abbey.txt"];

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
};

/** Headers that a browser requires for shared memory. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** A running server. */
export interface PageServer {
  /** URL of the page. */
  readonly url: string;
  /** Stops the server. */
  close(): Promise<void>;
}

/**
 * Serves the page, goldens and the embedded model on localhost.
 *
 * @param bundle Path of the bundled page.
 * @param isIsolated Whether the page may use shared memory.
 * @param policy Its Content-Security-Policy; absent: none.
 * @returns The server.
 */
export function servePage(bundle: string, isIsolated: boolean, policy?: string): PageServer {
  const root = new URL("../../", import.meta.url);
  const respond = async (path: string): Promise<Response> => {
    if (path === "/") {
      const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js">';
      return new Response(`${html}</script>`, { headers: { "Content-Type": "text/html" } });
    }
    const isKnown = path === "/page.js" || FOLDERS.some((folder) => path.startsWith(folder));
    if (!isKnown) return new Response(null, { status: 404 });
    try {
      const file = path === "/page.js" ? bundle : new URL(`.${path}`, root);
      const headers = { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" };
      return new Response(await Deno.readFile(file), { headers });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Response(null, { status: 404 });
      throw error;
    }
  };
  const server = Deno.serve(
    { hostname: "localhost", port: 0, onListen: () => {} },
    async (request) => {
      const response = await respond(new URL(request.url).pathname);
      if (isIsolated) {
        for (const [name, value] of Object.entries(ISOLATION)) response.headers.set(name, value);
      }
      if (policy) response.headers.set("Content-Security-Policy", policy);
      return response;
    },
  );
  return {
    url: `http://localhost:${server.addr.port}/`,
    close: () => server.shutdown(),
  };
}
