import { InjectionToken } from '@angular/core';
import { type Clock, systemClock } from './clock';

/** The clock of everything that waits; tests provide one that they move. */
export const CLOCK = new InjectionToken<Clock>('Clock', { factory: () => systemClock });
