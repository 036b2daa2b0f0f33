import { type Browser, chromium } from "playwright-core";

/** Usual paths; the first existing one is used. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Flags for WebGPU on Chromium's software adapter, which needs no GPU. It has subgroups of 4,
 * timestamp queries, 10 storage buffers per stage and 256 invocations per workgroup, but no f16.
 */
const FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-sandbox"];

/**
 * Finds Chromium at the path in `LSG_CHROMIUM`, or at one of the usual paths.
 *
 * @returns The path; undefined if Chromium is not installed.
 */
export function findChromium(): string | undefined {
  const named = Deno.env.get("LSG_CHROMIUM");
  return (named ? [named] : PATHS).find((path) => {
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
 * @param executablePath Path of the executable.
 * @returns The browser; the caller closes it.
 */
export async function startChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: FLAGS });
}
