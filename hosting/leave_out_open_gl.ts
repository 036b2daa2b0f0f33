/**
 * WebGPU in Deno without OpenGL.
 *
 * @module
 */

/** Deno's variable for the drivers that its WebGPU uses. */
const VARIABLE = "DENO_WEBGPU_BACKEND";

/**
 * Has Deno's WebGPU leave out OpenGL, unless the variable is set or may not be: on Linux a process whose
 * threads used WebGPU may crash in OpenGL's library (`libEGL`) as it ends, after all its work.
 */
export function leaveOutOpenGl(): void {
  const { Deno: deno } = globalThis as {
    Deno?: {
      permissions: { querySync(wanted: { name: "env"; variable: string }): { state: string } };
      env: { get(name: string): string | undefined; set(name: string, value: string): void };
    };
  };
  // Deno would prompt for a permission that it does not have.
  const permission = deno?.permissions.querySync({ name: "env", variable: VARIABLE });
  if (!deno || permission?.state !== "granted" || deno.env.get(VARIABLE) !== undefined) return;
  deno.env.set(VARIABLE, "vulkan,metal,dx12");
}
