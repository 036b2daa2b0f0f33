import { assertEquals, assertMatch } from "@std/assert";
import { env } from "../../../hub/env.ts";
import type { FillResult, Job, Order, Report } from "../../../web/document/protocol.ts";
import { testOnBackend } from "../../helpers/backends.ts";

const MODEL = new URL("../../../demo/model/", import.meta.url);
const LSG_CONFIG = new URL("../../golden/models/bert_lsg_norm/config.json", import.meta.url);

/** Files that the worker asked for. */
const fetched: string[] = [];
let last = 0;
let onReport = (_report: Report): void => {};

// The worker of a page: its address, its files, and what it posts.
env.useFSCache = false;
Object.defineProperty(globalThis, "location", { value: new URL("http://x/document/worker.js") });
globalThis.fetch = async (input) => {
  const { host, pathname } = new URL(input instanceof Request ? input.url : input);
  const name = pathname.split("/").at(-1)!;
  fetched.push(name);
  if (host === "x") return new Response(await Deno.readFile(new URL(name, MODEL)));
  if (name === "config.json") return new Response(await Deno.readFile(LSG_CONFIG));
  return new Response("", { status: 404 });
};
const worker = globalThis as unknown as {
  postMessage(report: Report): void;
  onmessage(event: { data: Order }): void;
};
worker.postMessage = (report) => onReport(report);
await import("../../../web/document/worker.ts");
const { closeDevice } = await import("../../../web/document/load.ts");

const SETTINGS = { model: "", device: "wasm", tokens: 512, attention: "lsg" } as const;
const TEXT = "The sea was calm and the people of the village walked along the shore. ".repeat(4);

/** Posts a job; gives the reports that are not progress. */
function runJob(request: Job): Promise<Report[]> {
  const reports: Report[] = [];
  const job = ++last;
  worker.onmessage({ data: { job, request } });
  return new Promise((resolve) =>
    onReport = (report) => {
      if (!("progress" in report)) reports.push(report);
      if ("error" in report || "result" in report) resolve(reports);
    }
  );
}

testOnBackend("webgpu", "the job after a lost graphics card opens another device", async () => {
  const devices: GPUDevice[] = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  const outcomes: string[] = [];
  for (let i = 0; i < 3; i++) {
    const [report] = await runJob({
      ...SETTINGS,
      ...{ task: "fill", device: "webgpu", text: TEXT, hidden: 3, seed: 0 },
    });
    outcomes.push(
      "error" in report
        ? report.error.message
        : `${(report as { result: FillResult }).result.words.length} words`,
    );
    if (i === 0) {
      devices[0].destroy();
      await devices[0].lost;
    }
  }
  assertMatch(outcomes[1], /was lost/);
  assertEquals([outcomes[0], outcomes[2]], ["3 words", "3 words"]);
  await closeDevice();
});

Deno.test("a comparison refuses a model with its own attention before weights or a pass", async () => {
  fetched.length = 0;
  const reports = await runJob({
    ...SETTINGS,
    ...{ task: "compare", model: "own/lsg", text: TEXT, lengths: [512] },
  });
  assertEquals(reports.length, 1);
  assertMatch((reports[0] as { error: Error }).error.message, /keeps its own attention/);
  assertEquals(new Set(fetched), new Set(["config.json"]));
  await closeDevice();
});
