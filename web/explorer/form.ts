/**
 * The form of the choices.
 *
 * @module
 */
/// <reference lib="dom" />
import { element, find } from "../shell/element.ts";
import { type Choices, defaultsOf } from "./choices.ts";
import { type ChoiceName, PATTERNS, sparsityTypes, type Values } from "./patterns.ts";

/** Labels of the choices; a hint explains one where the mouse rests on it. */
const LABELS: Readonly<Record<ChoiceName, readonly [label: string, hint: string]>> = {
  tokens: ["Tokens", "Length of the text, at most 65,536"],
  block_size: ["Block", "Tokens of a block"],
  sparse_block_size: ["Entries", "Entries of the thinned list that are seen on each side"],
  sparsity_factor: ["Factor", "Tokens that a sparse entry stands for"],
  sparsity_type: ["Sparsity type", "How the thinned list is made from the tokens"],
  num_global_tokens: ["Global tokens", "Tokens before the text that see and are seen by all"],
  global_token: ["First token is global", "It sees and is seen by all"],
  attention_window: ["Window", "Tokens of the window, both sides together"],
  global: ["Global tokens", "Positions, separated by commas"],
  num_random_blocks: ["Random blocks", "Blocks at random that a block sees"],
  group: ["Group", "Tokens that share a position"],
  window: ["Window", "Tokens at their ordinary positions"],
  heads: ["Heads", "Number of heads"],
  head: ["Head", "The head to draw, from 0"],
  seed: ["Seed", "Seed of what is random"],
  causal: ["Causal", "Whether a token sees nothing after itself"],
};

/** Choices whose control takes the whole width. */
const WIDE: readonly ChoiceName[] = ["tokens", "sparsity_type"];

const form = find<HTMLFormElement>("#choices");
const list = find<HTMLSelectElement>("#pattern");
const fields = find("#fields");

list.append(
  ...Object.entries(PATTERNS).map(([value, { label }]) => element("option", { value }, label)),
);

/**
 * Fills the form.
 *
 * @param choices The choices.
 */
export function showChoices({ pattern, texts }: Choices): void {
  list.value = pattern;
  find("#about").textContent = PATTERNS[pattern].about;
  fields.replaceChildren(
    ...Object.entries(defaultsOf(pattern)).map(([key, value]) => {
      const name = key as ChoiceName;
      return field(name, texts[name] ?? String(value), typeof value === "boolean", pattern);
    }),
  );
}

function field(name: ChoiceName, text: string, isFlag: boolean, pattern: string): HTMLElement {
  const [label, hint] = LABELS[name];
  const id = `choice-${name}`;
  const control = isFlag
    ? element("input", { id, name, type: "checkbox" })
    : name === "sparsity_type"
    ? element(
      "select",
      { id, name },
      ...sparsityTypes(pattern).map((type) => element("option", { value: type }, type)),
    )
    : element("input", { id, name, inputmode: name === "global" ? "text" : "numeric" });
  control.title = hint;
  if (isFlag) (control as HTMLInputElement).checked = text === "true";
  else control.value = text;
  const labelled = element("label", { for: id, title: hint }, label);
  return element(
    "div",
    {
      class: isFlag ? "check" : WIDE.includes(name) ? "wide" : undefined,
      "data-choice": name,
    },
    ...(isFlag ? [control, labelled] : [labelled, control]),
  );
}

/**
 * Reads the form.
 *
 * @returns The pattern and the texts of its choices.
 */
export function readChoices(): Pick<Choices, "pattern" | "texts"> {
  const controls = fields.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]");
  const texts = [...controls].map((control) => [
    control.name,
    control instanceof HTMLInputElement && control.type === "checkbox"
      ? String(control.checked)
      : control.value,
  ]);
  return { pattern: list.value, texts: Object.fromEntries(texts) };
}

/**
 * Hides the choices that do not matter.
 *
 * @param pattern Name of the pattern.
 * @param values The values.
 */
export function hideUnused(pattern: string, values: Values): void {
  const { matters } = PATTERNS[pattern];
  for (const each of fields.children as Iterable<HTMLElement> & HTMLCollection) {
    const name = (each as HTMLElement).dataset.choice as ChoiceName;
    (each as HTMLElement).hidden = matters ? !matters(name, values) : false;
  }
}

/**
 * Calls a function after each change.
 *
 * @param listener Called with whether another pattern was chosen.
 */
export function onChange(listener: (isOtherPattern: boolean) => void): void {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => listener(target === list));
}
