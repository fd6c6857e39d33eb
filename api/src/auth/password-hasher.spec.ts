import { describe, expect, it } from '@jest/globals';
import { Env } from '../core/config/env.js';
import { PasswordHasher } from './password-hasher.js';

const hasher = (settings: Partial<Env> = {}) =>
  new PasswordHasher(Object.assign(new Env(), { bcryptCost: 4, passwordPepper: 'p'.repeat(32) }, settings));

describe('PasswordHasher', () => {
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

  it('works as long for nobody as for somebody', async () => {
    const slow = hasher({ bcryptCost: 10 });
    const stored = await slow.hash('correct horse');
    const clock = async (against?: string) => {
      const began = performance.now();
      await slow.verify('wrong', against);
      return performance.now() - began;
    };
    const [somebody, nobody] = [await clock(stored), await clock()];
    expect(nobody).toBeGreaterThan(somebody / 3);
    expect(nobody).toBeLessThan(somebody * 3);
  });
});
