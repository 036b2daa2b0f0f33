import { assert, assertEquals } from "@std/assert";

/** An element with its attributes and its own text. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

/** Parses a document of elements and text, and asserts that it is well-formed. */
export function parseXml(source: string): XmlElement[] {
  const elements: XmlElement[] = [];
  const open: XmlElement[] = [];
  const tokens = source.trim().match(/<[^>]*>|[^<]+/g) ?? [];
  assertEquals(tokens.join(""), source.trim());
  for (const token of tokens) {
    if (!token.startsWith("<")) {
      checkText(token);
      if (open.length > 0) open[open.length - 1].text += token.trim();
      continue;
    }
    if (token.startsWith("</")) {
      assertEquals(token, `</${open.pop()?.name}>`);
      continue;
    }
    assert(open.length > 0 || elements.length === 0, `second root ${token}`);
    const [, name, inside, end] = token.match(/^<([a-z]\w*)((?: [\w:-]+="[^"<]*")*)(\/?)>$/i) ?? [];
    assert(name, `not a tag: ${token}`);
    const pairs = [...inside.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => {
      checkText(value);
      return [key, value] as const;
    });
    assertEquals(
      new Set(pairs.map(([key]) => key)).size,
      pairs.length,
      `duplicate attribute in ${token}`,
    );
    const element = { name, attributes: Object.fromEntries(pairs), text: "" };
    elements.push(element);
    if (!end) open.push(element);
  }
  assertEquals(open, []);
  return elements;
}

function checkText(text: string): void {
  assertEquals(text.replaceAll(/&(amp|lt|gt);/g, "").match(/[&>]/), null, text);
}
