/** The page of the long document. */
import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Page } from "playwright-core";
import { AutoModelForMaskedLM } from "../../models/mod.ts";
import { largest } from "../../pipelines/top_k.ts";
import { softmax } from "../../tensor/softmax.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { hideWords } from "../../web/document/hide_words.ts";
import { readText } from "../../web/document/read_text.ts";
import { longestTask } from "../browser/longest_task.ts";
import { findViolations, type OpenSite } from "./open_site.ts";

const HIDDEN = 60;
const TOKENS = 4096;

/** Queries, and words of the passage that is meant. */
const QUERIES = [
  ["rolling down the slope behind the house", "rolling down the green slope"],
  ["the muslin gown was torn", "it has torn a hole"],
] as const;

/** Most milliseconds of a task of the page while its worker reads. */
const LONGEST_TASK = 50;

/** Checks the page of the long document. */
export async function checkDocument(t: Deno.TestContext, site: OpenSite): Promise<void> {
  await t.step("the page is isolated after one reload, and runs on all cores", async () => {
    const page = await site.browser.newPage();
    let visits = 0;
    page.on("framenavigated", () => visits++);
    await page.goto(`${site.url}document/`);
    await isReady(page);
    assertEquals(await page.evaluate("crossOriginIsolated"), true);
    assertEquals(visits, 2);
    await page.reload();
    await isReady(page);
    assertEquals(visits, 3);
    await page.fill("#hidden", "5");
    await page.selectOption("#tokens", "1024");
    await fill(page);
    assertMatch((await runs(page))[0][2], threads(navigator.hardwareConcurrency));
    await page.close();
  });

  await t.step("where the host sends the headers, no service worker is asked for", async () => {
    const page = await site.browser.newPage();
    let visits = 0;
    page.on("framenavigated", () => visits++);
    await page.route("**/document/", async (route) => {
      const response = await route.fetch();
      const headers = {
        ...response.headers(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      };
      await route.fulfill({ response, headers });
    });
    await page.goto(`${site.url}document/`);
    await isReady(page);
    const registrations = "navigator.serviceWorker.getRegistrations().then((all) => all.length)";
    assertEquals(
      [await page.evaluate("crossOriginIsolated"), await page.evaluate(registrations), visits],
      [true, 0, 1],
    );
    await page.close();
  });

  await t.step("where service workers are refused, the page runs on one thread", async () => {
    const context = await site.browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(`${site.url}document/`);
    await isReady(page);
    assertEquals(await page.evaluate("crossOriginIsolated"), false);
    const words = await checkWords(page);
    assertMatch((await runs(page))[0][2], threads(1));
    assertEquals(words, HIDDEN);
    await context.close();
  });

  await t.step("hidden words are guessed as in Deno, and the page never stands still", async () => {
    const page = await openDocument(site);
    const { own, all } = await longestTask(
      site.browser,
      page,
      `new Promise((resolve) => {
        document.querySelector("#fill button").click();
        const status = document.querySelector("#status");
        new MutationObserver(() => status.hidden && resolve()).observe(status, { attributes: true });
      })`,
    );
    console.log(`  longest task ${own.toFixed(1)} ms (${all.toFixed(1)} with others' time)`);
    assert(own <= LONGEST_TASK, `${own} ms`);
    assertEquals(await readWords(page), await guessInDeno(await page.inputValue("#text")));
    const [[name, attention, , tokens, seconds, rate, memory, result]] = await runs(page);
    assertEquals([name, attention, tokens], ["Hidden words", "LSG", "4,096"]);
    const [took, perSecond] = [Number(seconds), Number(rate.replace(",", ""))];
    assert(took > 0.05 && took < 120, seconds);
    // Seconds are shown with two digits.
    assert(Math.abs(perSecond * took / TOKENS - 1) < 0.1, `${rate} tokens/s, ${seconds} s`);
    // 14 MB of weights; rows of 256 numbers, and 1,024 of a layer's inside.
    const megabytes = Number(memory.replace(" MB", ""));
    assert(megabytes > 14 && megabytes < 200, memory);
    assertMatch(result, /^\d+ of 60 right$/);
    assert(Number(result.split(" ")[0]) >= 15, result);
    assertStringIncludes((await page.textContent("#result-title"))!, result.replace(" right", ""));
    assertEquals(await page.evaluate("document.activeElement.id"), "result");
    assertEquals(await findViolations(page), []);

    await page.click("#again");
    await isDone(page);
    assertEquals((await runs(page))[1].slice(0, 4), [
      "Hidden words",
      "full",
      "WebAssembly, " + await coresOf(page),
      "4,096",
    ]);
    await page.close();
  });

  await t.step("a search finds the passages that are meant", async () => {
    const page = await openDocument(site);
    for (const [query, words] of QUERIES) {
      await page.fill("#query", query);
      await page.press("#query", "Enter");
      await isDone(page);
      assertStringIncludes((await page.textContent(".found blockquote"))!, words);
    }
    const names = (await runs(page)).map(([name]) => name);
    assertEquals(names, ["Embedding of passages", "Search again"]);
    assertEquals(await findViolations(page), []);
    await page.close();
  });

  await t.step("a comparison is drawn, and can be stopped", async () => {
    const page = await site.open("document/", { scheme: "dark", width: 390 });
    await isReady(page);
    await page.selectOption("#longest", "16384");
    await page.click("#compare button");
    // Bars of the first length.
    await page.waitForFunction("document.querySelectorAll('.bar-row').length >= 2");
    await page.click("#cancel");
    await isDone(page);
    assertEquals(await page.textContent("#said"), "Cancelled.");
    assertEquals(await page.evaluate("document.activeElement.textContent"), "Measure");
    assertEquals(await page.textContent("#problem"), "");
    const [lsg, full] = await page.$$eval(
      ".bar-row",
      (rows) => rows.map((row) => row.textContent!),
    );
    assertMatch(lsg, /^LSG\d+\.\d\d s · [\d,]+ tokens\/s · \d+ MB$/);
    assertMatch(full, /^full\d+\.\d\d s/);
    assertEquals(await findViolations(page), []);
    await page.fill("#hidden", "3");
    await page.click("#choices summary");
    await page.selectOption("#tokens", "1024");
    await fill(page);
    assertEquals((await runs(page)).length, 1);
    await page.close();
  });

  await t.step("masks of the text's own are filled, on each device", async () => {
    const page = await openDocument(site);
    await page.fill("#text", "She looked at him with a <mask> and left the room.");
    const outputs: string[] = [];
    for (const device of ["wasm", "webgpu"]) {
      await page.selectOption("#device", device);
      await fill(page);
      outputs.push((await page.textContent(".reading"))!);
    }
    assertMatch(outputs[0], /^She looked at him with a [a-z]+ and left the room\.$/);
    assertEquals(outputs[1], outputs[0]);
    assertEquals((await runs(page)).map(([, , device]) => device), [
      `WebAssembly, ${await coresOf(page)}`,
      "WebGPU",
    ]);
    await page.close();
  });

  await t.step("a file is opened or dropped; one that is no text is refused", async () => {
    const page = await openDocument(site);
    const open = (name: string, contents: string) =>
      page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: Buffer.from(contents) });
    const shows = (text: string) =>
      page.waitForFunction(`document.querySelector("textarea").value === ${JSON.stringify(text)}`);
    await open("a.txt", "Some words of mine.");
    await shows("Some words of mine.");
    assertEquals(await page.textContent("#size"), "4 words");
    await open("a.bin", "Some\0bytes");
    await page.waitForFunction("document.querySelector('#problem').textContent !== ''");
    assertEquals(await page.textContent("#problem"), "a.bin is not a text file");
    await open("a.html", "<p>One <b>page</b>.</p><script>let x;</script>");
    await shows("One page.");
    assertEquals(await page.textContent("#problem"), "");
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["Dropped words."], "b.txt"));
      const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector("#text").dispatchEvent(drop);
    }`);
    await shows("Dropped words.");
    await page.click("#book");
    await page.waitForFunction("document.querySelector('textarea').value.length > 20000");
    await page.close();
  });

  await t.step("a text without words, and an empty one are told of", async () => {
    const page = await openDocument(site);
    for (
      const [text, message] of [["", /There is no text/], ["1 2 3", /no word to hide/]] as const
    ) {
      await page.fill("#text", text);
      await page.click("#fill button");
      await isDone(page);
      assertMatch((await page.textContent("#problem"))!, message);
    }
    await page.close();
  });

  await t.step(
    "a model of the hub is downloaded by the isolated page; failures are explained",
    async () => {
      // A page of its own: Chromium complains of what fails here.
      const page = await site.browser.newPage();
      await page.route("https://huggingface.co/**", async (route) => {
        const { pathname } = new URL(route.request().url());
        const [, owner, name, , , file] = pathname.split("/");
        const path = fromFileUrl(new URL(`../../demo/${name}/${file}`, import.meta.url));
        const headers = {
          "Access-Control-Allow-Origin": "*",
          "Access-Control-Expose-Headers": "*",
        };
        if (owner === "away") return await route.abort();
        if (owner !== "own" || !await exists(path)) {
          return await route.fulfill({ status: owner === "own" ? 404 : 401, headers });
        }
        await route.fulfill({ path, headers: { ...headers, "ETag": `"${file}"` } });
      });
      await page.goto(`${site.url}document/`);
      await isReady(page);
      await page.selectOption("#tokens", "1024");
      for (
        const [model, message] of [
          ["none/such", /There is no public model “none\/such”/],
          ["away/model", /The server cannot be reached/],
        ] as const
      ) {
        await page.fill("#model", model);
        await page.click("#fill button");
        await isDone(page);
        assertMatch((await page.textContent("#problem"))!, message);
      }
      assertEquals(await page.evaluate("crossOriginIsolated"), true);
      await page.fill("#model", "own/model");
      await fill(page);
      const [[, attention, , tokens]] = await runs(page);
      assertEquals([attention, tokens], ["LSG", "1,024"]);
      await page.close();
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function openDocument(site: OpenSite): Promise<Page> {
  const page = await site.open("document/");
  await isReady(page);
  return page;
}

async function isReady(page: Page): Promise<void> {
  await page.waitForFunction("document.body?.dataset.ready === 'yes'");
}

async function isDone(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('#status').hidden", null, {
    timeout: 120_000,
  });
}

async function fill(page: Page): Promise<void> {
  await page.click("#fill button");
  await isDone(page);
  assertEquals(await page.textContent("#problem"), "");
}

/** The cells of the table of runs. */
async function runs(page: Page): Promise<string[][]> {
  return await page.$$eval(
    "#runs tr",
    (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent!)),
  );
}

function threads(count: number): RegExp {
  return new RegExp(`^WebAssembly, ${count} thread${count === 1 ? "" : "s"}$`);
}

async function coresOf(page: Page): Promise<string> {
  const cores = await page.evaluate("navigator.hardwareConcurrency");
  return `${cores} thread${cores === 1 ? "" : "s"}`;
}

async function checkWords(page: Page): Promise<number> {
  await page.selectOption("#tokens", "1024");
  await fill(page);
  return (await readWords(page)).length;
}

/** The hidden words of the page, each with its guesses. */
async function readWords(page: Page): Promise<string[][]> {
  const rows = await page.$$eval(
    ".guesses tbody tr",
    (rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent!)),
  );
  return rows.map((cells) => cells.map((cell) => cell.replace(/ (✓|[\d.]+ %)$/, "")));
}

async function guessInDeno(text: string): Promise<string[][]> {
  const folder = fromFileUrl(new URL("../../demo/model", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  using model = await AutoModelForMaskedLM.from_pretrained(folder, {
    device: "wasm",
    lsg: { max_sequence_length: TOKENS },
  });
  const read = readText(tokenizer, text, TOKENS);
  const positions = hideWords(text, read, HIDDEN, 0);
  assertEquals(positions.length, HIDDEN);
  const hidden = positions.map((position) => tokenizer.decode([read.ids[position]]).trim());
  for (const position of positions) read.ids[position] = tokenizer.mask_token_id!;
  const logits = await model.logitsAt({ input_ids: [read.ids] }, [positions]);
  const scores = await logits.getData();
  const size = scores.length / HIDDEN;
  return hidden.map((word, i) => {
    const all = softmax(Float64Array.from(scores.subarray(i * size, (i + 1) * size)));
    return [word, ...largest(all, 3).map((id) => tokenizer.decode([id]).trim())];
  });
}
