import type { EnvironmentProviders, Provider } from '@angular/core';

/** Provider sets that a team adds to the client: one line each. They import from `public-api` and the contracts only. */
export const extensions: (Provider | EnvironmentProviders)[] = [];
