import { InjectionToken } from '@angular/core';
import { systemClock } from './sync/clock';
import type { Clock } from './sync/clock';

/** The clock of everything that waits; tests provide one that they move. */
export const CLOCK = new InjectionToken<Clock>('Clock', { factory: () => systemClock });
