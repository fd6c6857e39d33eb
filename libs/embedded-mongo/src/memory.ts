import { totalmem } from 'node:os';

/** Bytes of memory that this process may use: what its container allows, or all that the machine has. */
export function memoryLimit(): number {
  return Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
}
