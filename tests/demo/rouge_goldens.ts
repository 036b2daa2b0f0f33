/** Contents of tests/golden/rouge.json; tools/make_rouge_goldens.py writes it. */
export interface RougeGoldens {
  readonly pairs: readonly {
    readonly summary: string;
    readonly reference: string;
    /** ROUGE-1, 2 and L. */
    readonly plain: readonly number[];
    readonly stemmed: readonly number[];
  }[];
  readonly stems: Readonly<Record<string, string>>;
  /** Words that are their own stem. */
  readonly unchanged: string;
  readonly sentences: { readonly text: string; readonly found: readonly string[] };
  /** Principal sentences among those from `first` to before `end` of the demo's text. */
  readonly principal: readonly {
    readonly first: number;
    readonly end: number;
    readonly found: readonly number[];
  }[];
}

/** Reads the goldens. */
export async function readRougeGoldens(): Promise<RougeGoldens> {
  const file = new URL("../golden/rouge.json", import.meta.url);
  return JSON.parse(await Deno.readTextFile(file));
}
