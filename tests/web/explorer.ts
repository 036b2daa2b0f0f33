import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Download, Page } from "playwright-core";
import { runPattern } from "../../cli/pattern.ts";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { recordLongformer } from "../../picture/record_patterns.ts";
import { amount, type PatternSummary } from "../../picture/summary.ts";
import { patternSvg } from "../../picture/svg.ts";
import { countKeys, type KeyKind, runsOf } from "../../picture/visible_keys.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";
import { parseXml } from "../picture/xml.ts";
import { findViolations, type OpenSite } from "./open_site.ts";

/** What a page shows, and the same of `lsg pattern --json`. */
const COMMANDS: readonly (readonly [query: string, args: readonly string[]])[] = [
  ["", ["lsg", "--tokens", "1024"]],
  ["?tokens=4096&sparsity_type=stride&sparsity_factor=4&head=3", [
    ...["lsg", "--tokens", "4096", "--sparsity-type", "stride", "--sparsity-factor", "4"],
    ...["--head", "3"],
  ]],
  ["?tokens=4000&sparsity_type=lsh&num_global_tokens=5", [
    ...["lsg", "--tokens", "4000", "--sparsity-type", "lsh", "--num-global-tokens", "5"],
  ]],
  ["?tokens=900&sparsity_type=block_stride&causal=true", [
    ...["lsg", "--tokens", "900", "--sparsity-type", "block_stride", "--causal"],
  ]],
  ["?tokens=700&sparsity_type=bos_pooling&block_size=64&sparse_block_size=32", [
    ...["lsg", "--tokens", "700", "--sparsity-type", "bos_pooling", "--block-size", "64"],
    ...["--sparse-block-size", "32"],
  ]],
  ["?pattern=lsg-layer&tokens=1000&sparsity_type=pooling", [
    ...["lsg-layer", "--tokens", "1000", "--sparsity-type", "pooling"],
  ]],
  ["?pattern=longformer&tokens=2000&global=0,700", [
    ...["longformer", "--tokens", "2000", "--global", "0", "--global", "700"],
  ]],
  ["?pattern=bigbird&tokens=3000&seed=7", ["bigbird", "--tokens", "3000", "--seed", "7"]],
  ["?pattern=self-extend&tokens=600", ["self-extend", "--tokens", "600"]],
  ["?pattern=full&tokens=333&causal=true", ["full", "--tokens", "333", "--causal"]],
];

/**
 * Most milliseconds to draw 4,096 tokens: some 5 to 40 on an idle machine, more where others work. What
 * this finds is a drawing that costs the square of the length.
 */
const MOST_DRAW = 1000;

/** Checks the pattern explorer. */
export async function checkExplorer(t: Deno.TestContext, site: OpenSite): Promise<void> {
  const open = (query: string) => site.open(`explorer/${query}`);

  await t.step("counts equal those of lsg pattern", async () => {
    for (const [query, args] of COMMANDS) {
      const page = await open(query);
      await assertCounts(page, await summaryOf(args));
      await page.close();
    }
  });

  await t.step("a cell is coloured where the library's query sees the key", async () => {
    const small = "tokens=40&block_size=4&sparse_block_size=4&sparsity_type=stride";
    const size = { tokens: 40, heads: 12, head: 0, seed: 0, causal: false };
    const lsg = { block_size: 4, sparse_block_size: 4, sparsity_type: "stride" };
    await assertCells(await open(`?${small}`), recordLsg(lsg, size));
    const averaged = { ...lsg, sparsity_type: "pooling" };
    await assertCells(
      await open("?tokens=40&block_size=4&sparse_block_size=4&sparsity_type=pooling"),
      recordLsg(averaged, size),
    );
    await assertCells(
      await open("?pattern=longformer&tokens=30&attention_window=6&global=11"),
      recordLongformer(30, 6, [11]),
    );
  });

  await t.step("keys of a query: pointer, keyboard, words of a text", () => checkQuery(open));

  await t.step("the address restores every choice", async () => {
    const page = await open("");
    await page.selectOption("#pattern", "bigbird");
    await page.fill("#choice-tokens", "2048");
    await page.fill("#choice-num_random_blocks", "2");
    await page.fill("#choice-head", "4");
    await page.fill("#query", "777");
    await page.waitForURL(/query=777/);
    const other = await open(new URL(page.url()).search);
    for (const selector of ["#query-title", "#figures", "#keys", "#legend", "#summary"]) {
      assertEquals(await other.textContent(selector), await page.textContent(selector), selector);
    }
    for (const name of ["tokens", "num_random_blocks", "head", "block_size", "seed"]) {
      const id = `#choice-${name}`;
      assertEquals(await other.inputValue(id), await page.inputValue(id), name);
    }
    await page.close();
    await other.close();
  });

  await t.step("what the library refuses is said, and the last picture stays", async () => {
    const page = await open("?tokens=512");
    const figures = await page.textContent("#figures");
    await page.fill("#choice-sparsity_factor", "3");
    assertMatch(
      (await page.textContent("#problem"))!,
      /sparsity_factor 3.*wanted one that divides/,
    );
    assertEquals(await page.textContent("#figures"), figures);
    await page.fill("#choice-sparsity_factor", "4");
    assertEquals(await page.textContent("#problem"), "");
    await page.close();
    for (const query of ["?pattern=none", "?tokens=0", "?tokens=99999999", "?head=-1"]) {
      const wrong = await open(query);
      assertMatch((await wrong.textContent("#problem"))!, /^Cannot .*: wanted/, query);
      await wrong.close();
    }
  });

  await t.step("downloads: the library's SVG, and a PNG of it", () => checkDownloads(open));

  await t.step("4,096 tokens are drawn at once", async () => {
    for (const type of ["norm", "stride", "pooling"]) {
      const page = await open(`?tokens=4096&sparsity_type=${type}`);
      // Others may use the processor: the quickest counts.
      for (let i = 1; i <= 5; i++) {
        await page.fill("#choice-num_global_tokens", String(i));
      }
      const quickest = (name: string) =>
        page.evaluate(
          `Math.min(...performance.getEntriesByName("${name}").map((each) => each.duration))`,
        ) as Promise<number>;
      const [record, draw] = [await quickest("record"), await quickest("draw")];
      console.log(`  ${type}: recorded in ${record.toFixed(0)}, drawn in ${draw.toFixed(0)} ms`);
      assert(draw <= MOST_DRAW, `${type}: ${draw} ms`);
      await page.close();
    }
  });

  await t.step("measures every pattern in the page", async () => {
    for (const pattern of ["lsg", "lsg-layer", "longformer", "bigbird", "self-extend", "full"]) {
      const page = await open(`?pattern=${pattern}&tokens=1500`);
      await page.click("#measure");
      await page.waitForFunction(
        'document.querySelector("#measured").textContent.includes("One layer")',
      );
      assertMatch(
        (await page.textContent("#measured"))!,
        /^This pattern: [\d.]+ m?s, [\d.]+ MB\. Full attention: [\d.]+ m?s, [\d.]+ MB\./,
      );
      await page.close();
    }
  });
}

/** Runs `lsg pattern --json`. */
async function summaryOf(args: readonly string[]): Promise<PatternSummary> {
  let text = "";
  const refuse = () => Promise.reject(new Error("Cannot use files in a test"));
  const code = await runPattern([...args, "--json"], {
    stdout: (part) => Promise.resolve(void (text += part)),
    stderr: () => Promise.resolve(),
    readFile: refuse,
    writeFile: refuse,
  });
  assertEquals(code, 0);
  return JSON.parse(text);
}

async function assertCounts(page: Page, summary: PatternSummary): Promise<void> {
  const { visible_keys: { min, mean, max }, queries, flop_ratio, mean_by_kind } = summary;
  const [keys, share] = await page.locator("#figures dd").allTextContents();
  const query = new URL(page.url()).search;
  assertEquals(
    keys,
    `${amount(mean)} of ${amount(queries)}, from ${amount(min)} to ${amount(max)}`,
    query,
  );
  assertEquals(share, `${amount(100 * flop_ratio)} %`, query);
  const legend = (await page.locator("#legend li").allTextContents()).map((line) =>
    line.match(/^(\w+): .*; ([\d,.]+) keys on average$/)!.slice(1)
  );
  assertEquals(
    legend,
    Object.entries(mean_by_kind).map(([kind, count]) => [kind, amount(count)]),
    query,
  );
}

/** Compares the middle of each cell with the keys of the library. */
async function assertCells(page: Page, pattern: AttentionPattern): Promise<void> {
  const cells = await page.evaluate(`(() => {
    const canvas = document.querySelector("#matrix");
    const context = canvas.getContext("2d");
    const [globals, tokens] = [${pattern.globals}, ${pattern.tokens}];
    const even = (680 - (globals > 0 ? 6 : 0)) / (globals + tokens);
    const middle = (i) =>
      Math.floor((i * even + (i >= globals && globals > 0 ? 6 : 0) + even / 2) * canvas.width / 680);
    const size = globals + tokens;
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    const at = (x, y) => data.slice(4 * (y * width + x), 4 * (y * width + x) + 4).join();
    return Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) =>
        at(middle(column), middle(row))));
  })()`) as string[][];
  const empty = "240,242,244,255";
  const kinds = Object.keys(pattern.legend) as KeyKind[];
  pattern.rows.forEach((row, i) => {
    const wanted = new Array(pattern.rows.length).fill(false);
    for (const kind of kinds) {
      // Means have no column of their own: the tokens that they are made from are drawn.
      const single = runsOf(row, kind);
      for (const [start, end] of single.length > 0 ? single : runsOf(row, kind, true)) {
        wanted.fill(true, start, end);
      }
    }
    assertEquals(cells[i].map((colour) => colour !== empty), wanted, `query ${i}`);
  });
  await page.close();
}

async function checkQuery(open: (query: string) => Promise<Page>): Promise<void> {
  const page = await open("?pattern=longformer&tokens=200&attention_window=20&query=100");
  const title = () => page.textContent("#query-title");
  assertEquals(await title(), "Query: token 100 sees 22 keys");
  await page.focus("#query");
  await page.keyboard.press("ArrowDown");
  assertEquals(await title(), "Query: token 101 sees 22 keys");
  assertEquals(await page.getAttribute("#query", "aria-valuetext"), "token 101 sees 22 keys");
  await page.keyboard.press("Home");
  assertEquals(await title(), "Query: token 0 sees 200 keys");
  const { x, y, height } = (await page.locator("#matrix").boundingBox())!;
  await page.mouse.move(x + 10, y + height * 50.5 / 200);
  assertEquals(await title(), "Query: token 50 sees 22 keys");
  assertEquals(await page.locator("#keys tbody tr").allTextContents(), [
    "global10",
    "local2140–60",
  ]);

  await page.click("#book");
  await page.waitForSelector("#reading mark");
  const text = await page.inputValue("#text");
  assertEquals(await page.textContent("#reading"), text);
  const tokenizer = await AutoTokenizer.from_pretrained("demo/model");
  const { offset_mapping } = tokenizer(text, {
    add_special_tokens: false,
    return_offsets_mapping: true,
    return_tensor: false,
  });
  const offsets = offset_mapping as [number, number][];
  assertEquals(await page.inputValue("#choice-tokens"), String(offsets.length));
  await page.fill("#query", "300");
  const word = text.slice(...offsets[300]).trim();
  assertEquals(await title(), `Query: token 300 “${word}” sees 22 keys`);
  const pattern = recordLongformer(offsets.length, 20, [0]);
  assertEquals(countKeys(pattern.rows[300], "local"), 21);
  const marked = (await page.locator("#reading mark").allTextContents()).join("");
  const wanted = text.slice(0, offsets[0][1]) + text.slice(offsets[289][1], offsets[299][1]) +
    text.slice(offsets[300][1], offsets[310][1]);
  assertEquals(marked, wanted);
  assertEquals(await findViolations(page), []);
  await page.close();
}

async function checkDownloads(open: (query: string) => Promise<Page>): Promise<void> {
  const page = await open("?tokens=2000&sparsity_type=stride");
  const save = async (selector: string): Promise<[Download, Uint8Array]> => {
    const waiting = page.waitForEvent("download");
    await page.click(selector);
    const download = await waiting;
    return [download, await Deno.readFile(await download.path())];
  };
  const [svg, bytes] = await save("#svg");
  const text = new TextDecoder().decode(bytes);
  const size = { tokens: 2000, heads: 12, head: 0, seed: 0, causal: false };
  assertEquals(svg.suggestedFilename(), "lsg_attention_2000.svg");
  assertEquals(text, patternSvg(recordLsg({ sparsity_type: "stride" }, size)));
  const [root] = parseXml(text);

  const [png, image] = await save("#png");
  assertEquals(png.suggestedFilename(), "lsg_attention_2000.png");
  const decoded = await page.evaluate(`(async () => {
    const bytes = Uint8Array.fromBase64("${image.toBase64()}");
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const middle = context.getImageData(2 * 424, 2 * (100 + 18 + 340), 1, 1).data;
    return { width: bitmap.width, height: bitmap.height, middle: [...middle] };
  })()`) as { width: number; height: number; middle: number[] };
  assertEquals(decoded.width, 2 * Number(root.attributes.width));
  assertEquals(decoded.height, 2 * Number(root.attributes.height));
  // The diagonal is local.
  assertEquals(decoded.middle, [0, 0x72, 0xb2, 255]);
  await page.close();
}
