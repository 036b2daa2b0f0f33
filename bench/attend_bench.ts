import { everything, lsgPattern, slidingWindow, type Span } from "../attention/mod.ts";
import { availableBackends, openBackend } from "../device.ts";
import { Random } from "../tensor/random.ts";
import { countSpanPairs } from "./visible_keys.ts";

const TOKENS = 512;
const WIDTH = 64;

const shape = {
  block_size: 32,
  sparse_block_size: 32,
  sparsity_factor: 2,
  sparsity_type: "stride",
} as const;
const lsg = lsgPattern(TOKENS, shape);
const entries = TOKENS / shape.sparsity_factor;
const patterns: Record<string, { spans: readonly Span[]; count: number }[]> = {
  full: [{ spans: [everything(TOKENS)], count: TOKENS }],
  "full, causal": [{ spans: [everything(TOKENS, true)], count: TOKENS }],
  "LSG 32/32/2": [{ spans: lsg.local, count: TOKENS }, { spans: lsg.sparse, count: entries }],
  "window of 64": [{ spans: [slidingWindow(32, 32)], count: TOKENS }],
};

for (const name of await availableBackends()) {
  const backend = await openBackend(name);
  const random = new Random(0);
  const rows = () => backend.floats(random.normals(TOKENS * WIDTH), [1, TOKENS, WIDTH]);
  const [query, keys, values] = [rows(), rows(), rows()];
  for (const [pattern, sources] of Object.entries(patterns)) {
    const pairs = sources.reduce((sum, s) => sum + countSpanPairs(s.spans, TOKENS, s.count), 0);
    const part = {
      first: 0,
      count: TOKENS,
      sources: sources.map((source) => ({ ...source, keys, values, first: 0 })),
    };
    Deno.bench({
      name: `${pattern}, ${(4 * pairs * WIDTH / 1e6).toFixed(0)} MFLOP`,
      group: `attend, ${TOKENS} tokens of width ${WIDTH}, ${name}`,
      baseline: pattern === "full",
      fn: async () => {
        const output = backend.attend(query, [part], { heads: 1 });
        await output.getData();
        output.dispose();
      },
    });
  }
}
