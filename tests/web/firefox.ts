/** Usual paths; the first existing one is used. */
const PATHS = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** Most milliseconds until Firefox listens. */
const PATIENCE = 60_000;

/** A page of Firefox, driven by WebDriver BiDi. */
export interface FirefoxPage {
  /** Errors of the pages that were opened: messages and exceptions. */
  readonly complaints: readonly string[];
  /** Goes to an address, and waits until it is loaded. */
  open(address: string): Promise<void>;
  /** Evaluates an expression; a promise is waited for. Its value is text. */
  evaluate(expression: string): Promise<string>;
}

/** A message of Firefox: the response to a command, or an event. */
interface Message {
  readonly type: "success" | "error" | "event";
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly message?: string;
  readonly method?: string;
  readonly params?: { readonly level?: string; readonly text?: string };
}

/** Finds Firefox at the path in `LSG_FIREFOX`, or at one of the usual paths. */
export function findFirefox(): string | undefined {
  const named = Deno.env.get("LSG_FIREFOX");
  return (named ? [named] : PATHS).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Starts Firefox without a window, for as long as the body runs. */
export async function withFirefox(
  executable: string,
  body: (page: FirefoxPage) => Promise<void>,
): Promise<void> {
  const profile = await Deno.makeTempDir();
  const child = new Deno.Command(executable, {
    args: ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = child.stderr.pipeThrough(new TextDecoderStream());
  let socket: WebSocket | undefined;
  try {
    const session = await connect(await addressOf(stderr));
    socket = session.socket;
    await body(await openPage(session));
  } finally {
    socket?.close();
    child.kill();
    await child.status;
    await Deno.remove(profile, { recursive: true });
  }
}

/** Waits for the line with the address, and reads what follows, so that Firefox never blocks. */
function addressOf(stderr: ReadableStream<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error("Cannot drive Firefox: it does not listen"));
    const timer = setTimeout(fail, PATIENCE);
    (async () => {
      let text = "";
      for await (const part of stderr) {
        text += part;
        const found = text.match(/WebDriver BiDi listening on (ws:\S+)/);
        if (!found) continue;
        clearTimeout(timer);
        resolve(found[1]);
      }
      clearTimeout(timer);
      fail();
    })();
  });
}

/** Sends commands. */
type Send = (method: string, params: unknown) => Promise<Record<string, unknown>>;

async function connect(
  address: string,
): Promise<{ socket: WebSocket; send: Send; complaints: string[] }> {
  const socket = new WebSocket(`${address}/session`);
  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  socket.onmessage = ({ data }) => {
    const message: Message = JSON.parse(data);
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method !== "log.entryAdded" || message.params?.level !== "error") return;
    complaints.push(message.params.text ?? "");
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`Cannot connect to ${address}`));
  });
  const send: Send = (method, params) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, ({ type, result = {}, message }) => {
        if (type === "error") reject(new Error(`${method}: ${message}`));
        else resolve(result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  return { socket, send, complaints };
}

async function openPage(
  { send, complaints }: { send: Send; complaints: string[] },
): Promise<FirefoxPage> {
  await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: ["log.entryAdded"] });
  const { context } = await send("browsingContext.create", { type: "tab" });
  const viewport = { width: 1280, height: 900 };
  await send("browsingContext.setViewport", { context, viewport });
  return {
    complaints,
    async open(url) {
      const navigate = () => send("browsingContext.navigate", { context, url, wait: "complete" });
      await navigate().catch((error) => {
        // The page before was just loading itself again, for its isolation.
        if (!/NS_BINDING_ABORTED/.test(error.message)) throw error;
        return navigate();
      });
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("script.evaluate", {
        expression: `(async () => String(await (${expression})))()`,
        target: { context },
        awaitPromise: true,
      }) as {
        result?: { value: string };
        exceptionDetails?: { text: string };
      };
      if (result === undefined) throw new Error(`${expression}: ${exceptionDetails?.text}`);
      return result.value;
    },
  };
}
