/**
 * The page around a section: head, navigation, footer.
 *
 * @module
 */
import { type Section, SECTIONS } from "../sections.ts";

/** Applies the stored choice of light or dark before anything is drawn; storage may be blocked. */
const SCHEME = "try{document.documentElement.style.colorScheme=" +
  "{light:'light',dark:'dark'}[localStorage.getItem('scheme')]??'light dark'}catch{}";

/**
 * Writes the page of a section.
 *
 * @param section The section.
 * @param content Its content, as HTML.
 * @param hasStyle Whether it has a style sheet of its own.
 * @returns An HTML document.
 */
export function writePage(section: Section, content: string, hasStyle: boolean): string {
  const { title, description } = section;
  const isFront = section === SECTIONS[0];
  const root = isFront ? "./" : "../";
  const own = `${root}${section.path}/`;
  const links = SECTIONS.map((each) => {
    const address = each === SECTIONS[0] ? root : `${root}${each.path}/`;
    const current = each === section ? ' aria-current="page"' : "";
    return `<a href="${address}"${current}>${each.label}</a>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · @lsg/core</title>
<meta name="description" content="${description}">
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}style.css">
${hasStyle ? `<link rel="stylesheet" href="${own}style.css">\n` : ""}<script>${SCHEME}</script>
<script type="module" src="${own}main.js"></script>
</head>
<body class="at-${section.path}">
<a class="skip" href="#content">Skip to the content</a>
<header class="bar">
<a class="brand" href="${root}"><img src="${root}icon.svg" alt="" width="24" height="24">@lsg/core</a>
<nav aria-label="Sections">
${links.join("\n")}
</nav>
<button type="button" class="scheme" id="scheme">Theme</button>
</header>
<main id="content">
${content.trim()}
</main>
<footer>
<p>LSG attention: <a href="https://arxiv.org/abs/2210.15497">Condevaux and Harispe, 2023</a>. Everything
on these pages is computed in your browser; no text leaves it.</p>
</footer>
</body>
</html>
`;
}
