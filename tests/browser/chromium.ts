import { type Browser, chromium } from "playwright-core";

/** Where distributions and people put it; the first that is there is taken. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * WebGPU on the software adapter that comes with Chromium, so that it needs no GPU: it has
 * subgroups of 4 and timestamp queries but no f16, 10 storage buffers a stage, 256 invocations.
 */
const FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-sandbox"];

/**
 * Looks for Chromium: where `LSG_CHROMIUM` says, or in the usual places.
 *
 * @returns Its path, or undefined if it is not installed.
 */
export function findChromium(): string | undefined {
  const named = Deno.env.get("LSG_CHROMIUM");
  return (named ? [named] : PLACES).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Starts Chromium without a window.
 *
 * @param executablePath Its path.
 * @returns The browser; the caller closes it.
 */
export async function startChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: FLAGS });
}
