import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Env } from './env.js';
import { variablesOf } from './env-fields.js';

const sample = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
const shown = new Map([...sample.matchAll(/^# ([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
const variables = variablesOf(Env);

describe('.env.example', () => {
  it('shows every variable that the code reads, and no other', () => {
    expect([...shown.keys()].sort()).toEqual([...variables.keys()].sort());
  });

  it('shows the default of every variable that has one', () => {
    const env = new Env() as unknown as Record<string, string | number | undefined>;
    for (const [name, property] of variables) {
      if (env[property] !== undefined) expect(`${name}=${shown.get(name)}`).toBe(`${name}=${String(env[property])}`);
    }
  });

  it('sets nothing when it is copied as it is', () => {
    expect(sample.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});
