import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalogue } from './catalogue.js';
import { Environment } from './environment.js';

let folder: string;
let environment: Environment;
let catalogue: Catalogue;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'em-'));
  environment = Environment.open(folder);
  catalogue = new Catalogue(environment);
});
afterEach(async () => {
  await environment.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an index of the catalogue', () => {
  it('is ready when its transaction is on disk, also when it was changed in that very transaction', async () => {
    const spec = { v: 2, key: { a: 1 }, name: 'a_1' };
    const made = environment.write(() => {
      catalogue.addIndex(catalogue.ensure('db', 'c'), spec, [{ path: 'a', descending: false }]);
    });
    const changed = environment.write(() => {
      const info = catalogue.ensure('db', 'c');
      const [index] = info.indexes;
      expect(index).toMatchObject({ ready: false });
      if (index) catalogue.changeIndex(info, index, { ...spec, expireAfterSeconds: 60 });
    });
    await Promise.all([made, changed]);
    expect(catalogue.find('db', 'c')?.indexes).toMatchObject([{ ready: true, expireAfterSeconds: 60 }]);
  });
});
