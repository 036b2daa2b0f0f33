/**
 * Downloads of the picture, and the link to it.
 *
 * @module
 */
/// <reference lib="dom" />
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { patternSvg } from "../../picture/svg.ts";
import { element, find } from "../shell/element.ts";

/** Pixels of the PNG for each of the SVG. */
const SCALE = 2;

/**
 * Lets the buttons download the picture.
 *
 * @param patternOf Returns what is drawn now.
 */
export function offerDownloads(patternOf: () => AttentionPattern | undefined): void {
  find("#svg").addEventListener("click", () => {
    const pattern = patternOf();
    if (pattern) save(svgOf(pattern), fileName(pattern, "svg"));
  });
  find("#png").addEventListener("click", async () => {
    const pattern = patternOf();
    if (pattern) save(await pngOf(pattern), fileName(pattern, "png"));
  });
  const link = find("#link");
  link.addEventListener("click", async () => {
    // A page without https has no clipboard, and a visitor may refuse it.
    const isCopied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    link.textContent = isCopied ? "Copied" : "Copy the address above";
    setTimeout(() => link.textContent = "Copy link", 1500);
  });
}

function svgOf(pattern: AttentionPattern): Blob {
  return new Blob([patternSvg(pattern)], { type: "image/svg+xml" });
}

async function pngOf(pattern: AttentionPattern): Promise<Blob> {
  const address = URL.createObjectURL(svgOf(pattern));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = element("canvas");
    [canvas.width, canvas.height] = [image.width * SCALE, image.height * SCALE];
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function fileName({ name, tokens }: AttentionPattern, ending: string): string {
  return `${name.toLowerCase().replaceAll(/[^a-z]+/g, "_")}_${tokens}.${ending}`;
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The download has begun when the next task runs.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
