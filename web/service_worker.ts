/**
 * The service worker that adds isolation headers to pages of a host that sets none, so that they may
 * share memory with threads. All else goes to the network untouched, the hub's files too, which come
 * with CORS and need nothing.
 *
 * @module
 */

/** Headers of a page, and of the scripts of its workers. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** What it uses of a service worker's scope. */
interface ServiceWorkerScope {
  skipWaiting(): Promise<void>;
  addEventListener(name: "install", listener: () => void): void;
  addEventListener(name: "fetch", listener: (event: FetchEvent) => void): void;
}

interface FetchEvent {
  readonly request: Request & { readonly destination: string };
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as ServiceWorkerScope;

scope.addEventListener("install", () => scope.skipWaiting());

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOwn = new URL(request.url).origin === location.origin;
  const isIsolated = request.mode === "navigate" || request.destination === "worker";
  if (isOwn && isIsolated) event.respondWith(fetchIsolated(request));
});

async function fetchIsolated(request: Request): Promise<Response> {
  const response = await fetch(request);
  // The browser follows a redirect itself, and asks here for where it leads.
  if (response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
