import { assert, assertEquals, assertMatch } from "@std/assert";
import { SECTIONS } from "../../../web/sections.ts";
import { writePage } from "../../../web/shell/page.ts";

Deno.test("every page marks itself in the navigation, with links from its own folder", () => {
  SECTIONS.forEach((section, i) => {
    const page = writePage(section, "<p>content</p>", i > 0);
    const root = i === 0 ? "./" : "../";
    assertMatch(page, new RegExp(`aria-current="page">${section.label}</a>`));
    assertEquals(page.match(/aria-current/g)!.length, 1);
    assert(page.includes(`<script type="module" src="${root}${section.path}/main.js">`));
    assertEquals(page.includes(`href="${root}${section.path}/style.css"`), i > 0);
    assert(page.includes("<p>content</p>"));
    // Links into the site's root would break on a host that serves it in a folder.
    assertEquals(page.match(/(href|src)="\//), null);
  });
});
