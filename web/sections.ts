/**
 * The sections of the site, in the order of the navigation.
 *
 * @module
 */

/** A page of the site, made from the folder of the same name. */
export interface Section {
  /** Its folder here and in the site; the first section is the site's front page. */
  readonly path: string;
  /** Title of the page. */
  readonly title: string;
  /** Its name in the navigation. */
  readonly label: string;
  /** What it is for, in a sentence: for the front page and search engines. */
  readonly description: string;
  /** Programs in its folder: the page's own, `main.ts`, and workers, which it opens by URL. */
  readonly scripts: readonly string[];
}

/** All sections with a folder here. */
export const SECTIONS: readonly Section[] = [
  {
    path: "home",
    title: "Long-document transformers in TypeScript",
    label: "Start",
    description: "Attention that reads long documents, in a page, with no server.",
    scripts: ["main.ts"],
  },
  {
    path: "explorer",
    title: "Pattern explorer",
    label: "Patterns",
    description: "See which tokens each token attends to, and what that costs.",
    scripts: ["main.ts", "measure_worker.ts"],
  },
  {
    path: "document",
    title: "Long document",
    label: "Document",
    description: "Fill hidden words of a long text and search its passages, in this page.",
    scripts: ["main.ts", "worker.ts"],
  },
  {
    path: "charts",
    title: "Results",
    label: "Results",
    description: "How well each attention predicts, how fast it is, and how the model was trained.",
    scripts: ["main.ts"],
  },
  {
    path: "card",
    title: "Your graphics card",
    label: "Your card",
    description: "Measure the limits of your graphics card, and what the library does with it.",
    scripts: ["main.ts", "measure_worker.ts"],
  },
  {
    path: "reference",
    title: "Reference",
    label: "Reference",
    description: "Every module, function and type of the library.",
    scripts: ["main.ts"],
  },
];

/** Files and folders of the repository that pages fetch, each with its path in the site. */
export const COPIES: Readonly<Record<string, string>> = {
  "demo/model": "model",
  "demo/northanger_abbey.txt": "northanger_abbey.txt",
};
