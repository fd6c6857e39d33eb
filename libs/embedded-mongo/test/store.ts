import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Catalogue } from '../src/store/catalogue.js';
import { Environment } from '../src/store/disk/environment.js';
import { temporaryFolder } from './temporary.js';

/** A store for each test, in a folder of its own, that is closed and removed after it. */
export function storeForTest(): {
  /** Where the data are; what else a test puts beside it is removed as well. */
  readonly folder: string;
  readonly environment: Environment;
  readonly catalogue: Catalogue;
} {
  let around: string;
  let environment: Environment;
  let catalogue: Catalogue;
  beforeEach(() => {
    around = temporaryFolder();
    environment = Environment.open(join(around, 'data'));
    catalogue = new Catalogue(environment);
  });
  afterEach(async () => {
    await environment.close();
    rmSync(around, { recursive: true, force: true });
  });
  return {
    get folder() {
      return join(around, 'data');
    },
    get environment() {
      return environment;
    },
    get catalogue() {
      return catalogue;
    },
  };
}
