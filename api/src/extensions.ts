import type { DynamicModule, Type } from '@nestjs/common';

/** Modules that a team adds to Parlance: one line each. They import from `public-api` and the contracts only. */
export const extensions: (Type | DynamicModule)[] = [];
