import { afterEach, describe, expect, it, jest } from '@jest/globals';
import bcrypt from 'bcrypt';
import { Env } from '../core/config/env.js';
import { PasswordHasher } from './password-hasher.js';

/** Where the salt ends in a bcrypt hash. */
const SALT_END = 29;

const hasher = (settings: Partial<Env> = {}) =>
  new PasswordHasher(Object.assign(new Env(), { bcryptCost: 4, passwordPepper: 'p'.repeat(32) }, settings));

/** Whether a comparison with this hash computes one: as long as any, with a salt that bcrypt accepts. */
const isComputed = (hash: string) => bcrypt.hashSync('sample', hash.slice(0, SALT_END)).length === hash.length;

describe('PasswordHasher', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('recognises the password, and no other', async () => {
    const stored = await hasher().hash('correct horse');
    expect(await hasher().verify('correct horse', stored)).toEqual({ matches: true, outdated: false });
    expect(await hasher().verify('correct horsf', stored)).toMatchObject({ matches: false });
  });

  it('looks at the whole password, however long', async () => {
    const long = 'x'.repeat(100);
    const stored = await hasher().hash(`${long}1`);
    expect(await hasher().verify(`${long}2`, stored)).toMatchObject({ matches: false });
    expect(await hasher().verify(`${long}1`, stored)).toMatchObject({ matches: true });
  });

  it('tells passwords apart behind a NUL, where bcrypt itself stops', async () => {
    const stored = await hasher().hash('before\0one');
    expect(await hasher().verify('before\0two', stored)).toMatchObject({ matches: false });
  });

  it('needs the same pepper', async () => {
    const stored = await hasher().hash('correct horse');
    expect(await hasher({ passwordPepper: 'q'.repeat(32) }).verify('correct horse', stored)).toMatchObject({
      matches: false,
    });
    expect(await hasher({ passwordPepperId: 'p2' }).verify('correct horse', stored)).toMatchObject({ matches: false });
  });

  it('calls a hash outdated when the cost has risen since', async () => {
    const stored = await hasher().hash('correct horse');
    expect(await hasher({ bcryptCost: 5 }).verify('correct horse', stored)).toEqual({ matches: true, outdated: true });
  });

  it.each([undefined, '', 'v1$p1$', 'v2$p1$$2b$04$x', 'plain'])('matches nothing against %p', async (stored) => {
    expect(await hasher().verify('', stored)).toMatchObject({ matches: false });
  });

  it('does the same work for nobody as for somebody', async () => {
    const compare = jest.spyOn(bcrypt, 'compare');
    const costly = hasher({ bcryptCost: 6 });
    const stored = await costly.hash('correct horse');
    /** Costs of the comparisons, and whether bcrypt takes the salts: of others it computes nothing. */
    const workFor = async (against?: string) => {
      compare.mockClear();
      await costly.verify('wrong', against);
      return compare.mock.calls.map(([, hash]) => [bcrypt.getRounds(hash), isComputed(hash)]);
    };
    expect(await workFor(stored)).toEqual([[6, true]]);
    expect(await workFor()).toEqual([[6, true]]);
    expect(await workFor('no hash of ours')).toEqual([[6, true]]);
  });
});
