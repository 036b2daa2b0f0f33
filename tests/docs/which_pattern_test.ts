/** The attentions that docs/which_pattern.md lists are those of the option `attention`. */
import { assertEquals } from "@std/assert";
import { ATTENTION_NAMES } from "../../attention/mod.ts";
import { readRepositoryFile } from "../helpers/published_files.ts";

Deno.test("the page lists all attentions that replace a model's own", () => {
  const text = readRepositoryFile("docs/which_pattern.md");
  const [, list] = text.match(/by a name alone for the trained length: ([^(]+) \(/)!;
  assertEquals([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name), [...ATTENTION_NAMES]);
});
