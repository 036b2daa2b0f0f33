import { add } from "../../../gpu/add.ts";
import type { Command } from "../../../gpu/machine/commands.ts";
import type { Machine } from "../../../gpu/machine/machine.ts";
import type { GpuStorage } from "../../../gpu/machine/storage.ts";

/** The call of a kernel that doubles some numbers. */
export function doubled(machine: Machine, x: GpuStorage, y: GpuStorage, count: number): Command {
  const { buffers, traits } = machine;
  const shape = { count, repeat: count };
  const [command] = buffers.withScratch((allocate) =>
    add({ x, y: x }, y, shape, { allocate, ...traits })
  );
  return command;
}
