import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AvatarChoices, OwnUser, Problem, User } from '@parlance/contracts';
import sharp from 'sharp';
import { type Answer, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

const OWN = '/api/users/me/avatar';

const picture = (red: number, width = 320, height = 240) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: 40, b: 90 } } });

const faultsOf = ({ body }: Answer) => ((body as Problem).errors ?? []).map(({ path, rule }) => `${path} ${rule}`);

describe('Avatars', () => {
  let app: TestApp;
  let ada: Person;

  const upload = (person: Person, file: Buffer | Blob, field = 'file') => {
    const form = new FormData();
    form.append(
      field,
      file instanceof Blob ? file : new Blob([new Uint8Array(file)], { type: 'image/jpeg' }),
      'me.jpg',
    );
    return person.api<User>('PUT', OWN, undefined, { body: form });
  };
  const load = (path: string, init?: RequestInit) => fetch(app.url + path, init);
  const choices = async (person: Person, parameters = '') => {
    const answer = await person.api<AvatarChoices>('GET', `/api/avatars/choices${parameters}`);
    expect(answer.status).toBe(200);
    return answer.body.items;
  };

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    ada = await registerPerson(app);
  });

  describe('generated', () => {
    it('are offered by pages, other ones on each and the same ones when asked again', async () => {
      const first = await choices(ada, '?count=6');
      const second = await choices(ada, '?count=6&page=1');
      expect(first).toHaveLength(6);
      expect(new Set([...first, ...second].map(({ choice }) => choice)).size).toBe(12);
      expect(await choices(ada, '?count=6&page=0')).toEqual(first);
      expect(await choices(await registerPerson(app), '?count=6')).not.toEqual(first);
    });

    it('are shown as pictures that never change and never run', async () => {
      const [first] = await choices(ada);
      const answer = await load(first?.url ?? '');
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'image/svg+xml',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
      expect(await answer.text()).toMatch(/^<svg /);
    });

    it('stand in for whoever has chosen none, one for each person', async () => {
      const bob = await registerPerson(app);
      expect(ada.user.avatarUrl).not.toBe(bob.user.avatarUrl);
      expect((await load(ada.user.avatarUrl)).status).toBe(200);
    });

    it('are worn once chosen, as everybody sees', async () => {
      const [, chosen] = await choices(ada);
      const { status, body } = await ada.api<User>('PUT', OWN, { choice: chosen?.choice });
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: ada.user.id, avatarUrl: chosen?.url });
      expect(body).not.toHaveProperty('email');
      const bob = await registerPerson(app);
      expect((await bob.api<User>('GET', `/api/users/${ada.user.id}`)).body.avatarUrl).toBe(chosen?.url);
      expect((await ada.api<OwnUser>('GET', '/api/users/me')).body.hasChosenAvatar).toBe(true);
    });

    it('are taken off again', async () => {
      const [chosen] = await choices(ada);
      await ada.api('PUT', OWN, { choice: chosen?.choice });
      const { status, body } = await ada.api<User>('DELETE', OWN);
      expect(status).toBe(200);
      expect(body.avatarUrl).toBe(ada.user.avatarUrl);
      expect((await ada.api<OwnUser>('GET', '/api/users/me')).body.hasChosenAvatar).toBe(false);
    });

    it.each<[string, unknown, string]>([
      ['a choice of another form', { choice: 'thumbs-zzz' }, 'choice choice'],
      ['a style that is not offered', { choice: 'bottts-0123456789abcdef' }, 'choice choice'],
      ['an address', { choice: 'https://example.test/me.png' }, 'choice choice'],
      ['an operator', { choice: { $ne: '' } }, 'choice text'],
      ['nothing', {}, 'choice choice'],
      ['null', { choice: null }, 'choice text'],
      ['an address beside it', { choice: 'thumbs-0123456789abcdef', avatarUrl: '/x' }, 'avatarUrl not-allowed'],
    ])('cannot be chosen by %s', async (_, body, fault) => {
      const answer = await ada.api('PUT', OWN, body);
      expect(answer.status).toBe(400);
      expect(faultsOf(answer)).toEqual([fault]);
    });

    it.each(['?count=0', '?count=31', '?page=-1', '?page=1001', '?count=many', '?style=thumbs'])(
      'are not offered for %s',
      async (parameters) => {
        expect((await ada.api('GET', `/api/avatars/choices${parameters}`)).status).toBe(400);
      },
    );
  });

  describe('uploaded', () => {
    it.each(['jpeg', 'png', 'webp'] as const)(
      'are kept from a %s as a square WebP under their own hash',
      async (format) => {
        const { status, body } = await upload(ada, await picture(200).toFormat(format).toBuffer());
        expect(status).toBe(200);
        const answer = await load(body.avatarUrl);
        const bytes = Buffer.from(await answer.arrayBuffer());
        expect(Object.fromEntries(answer.headers)).toMatchObject({
          'content-type': 'image/webp',
          'cache-control': 'public, max-age=31536000, immutable',
          'content-security-policy': "default-src 'none'; sandbox",
          'x-content-type-options': 'nosniff',
        });
        expect(body.avatarUrl).toBe(`/api/avatars/${createHash('sha256').update(bytes).digest('hex')}`);
        expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
      },
    );

    it('lose what the camera wrote into them', async () => {
      const file = await picture(201)
        .withExif({ IFD0: { Artist: 'secret-owner' } })
        .jpeg()
        .toBuffer();
      expect(file.includes('secret-owner')).toBe(true);
      const { body } = await upload(ada, file);
      const bytes = Buffer.from(await (await load(body.avatarUrl)).arrayBuffer());
      expect(bytes.includes('secret-owner')).toBe(false);
      expect((await sharp(bytes).metadata()).exif).toBeUndefined();
    });

    it('go when they are replaced', async () => {
      const first = (await upload(ada, await picture(10).png().toBuffer())).body.avatarUrl;
      const second = (await upload(ada, await picture(20).png().toBuffer())).body.avatarUrl;
      expect((await load(first)).status).toBe(404);
      expect((await load(second)).status).toBe(200);
      await ada.api('DELETE', OWN);
      expect((await load(second)).status).toBe(404);
    });

    it('stay while somebody else still wears the same one', async () => {
      const file = await picture(30).png().toBuffer();
      const bob = await registerPerson(app);
      const { avatarUrl } = (await upload(ada, file)).body;
      expect((await upload(bob, file)).body.avatarUrl).toBe(avatarUrl);
      await ada.api('DELETE', OWN);
      expect((await load(avatarUrl)).status).toBe(200);
      await bob.api('DELETE', OWN);
      expect((await load(avatarUrl)).status).toBe(404);
    });

    it('are there whatever order simultaneous changes take', async () => {
      const file = await picture(40).png().toBuffer();
      const [offered] = await choices(ada);
      await Promise.all([
        upload(ada, file),
        ada.api('PUT', OWN, { choice: offered?.choice }),
        upload(ada, file),
        ada.api('DELETE', OWN),
        upload(ada, file),
      ]);
      const { avatarUrl } = (await ada.api<OwnUser>('GET', '/api/users/me')).body;
      expect((await load(avatarUrl)).status).toBe(200);
    });

    it.each<[string, () => Promise<Buffer> | Buffer, number, string]>([
      ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), 415, 'file media-type'],
      [
        'a GIF',
        () => Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64'),
        415,
        'file media-type',
      ],
      ['a page', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 415, 'file media-type'],
      ['an empty file', () => Buffer.alloc(0), 415, 'file media-type'],
      [
        'a picture cut off in the middle',
        async () => (await picture(50, 600, 600).jpeg().toBuffer()).subarray(0, 900),
        400,
        'file picture',
      ],
      ['30 megapixels', () => picture(60, 6_000, 5_000).png().toBuffer(), 400, 'file max-pixels'],
      ['more than 2 MiB', () => Buffer.alloc(2 * 1024 * 1024 + 1, 0xff), 413, 'file max-size'],
    ])('cannot be %s', async (_, file, status, fault) => {
      const answer = await upload(ada, await file());
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(faultsOf(answer)).toEqual([fault]);
      expect((await ada.api<OwnUser>('GET', '/api/users/me')).body.avatarUrl).toBe(ada.user.avatarUrl);
    });

    it('are taken by what they are, not by what they are called', async () => {
      const file = await picture(70).png().toBuffer();
      const { status } = await upload(ada, new Blob([new Uint8Array(file)], { type: 'text/html' }));
      expect(status).toBe(200);
    });

    it('come one at a time, in their own field and with nothing beside', async () => {
      const file = new Blob([new Uint8Array(await picture(80).png().toBuffer())]);
      const two = new FormData();
      two.append('file', file, 'a.png');
      two.append('file', file, 'b.png');
      const beside = new FormData();
      beside.append('role', 'admin');
      beside.append('file', file, 'a.png');
      for (const body of [two, beside]) {
        const answer = await ada.api('PUT', OWN, undefined, { body });
        expect(answer.status).toBe(400);
        expect(faultsOf(answer)).toEqual(['file one-file']);
      }
      expect(faultsOf(await upload(ada, file, 'picture'))).toEqual(['file one-file']);
    });

    it('are ten an hour for each person, while a generated one can be chosen at any time', async () => {
      const file = await picture(90).png().toBuffer();
      for (let count = 0; count < 10; count++) expect((await upload(ada, file)).status).toBe(200);
      const refused = await upload(ada, file);
      expect(refused.status).toBe(429);
      expect(refused.body).toMatchObject({ type: 'urn:parlance:problem:too-many-requests' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
      expect((await upload(await registerPerson(app), file)).status).toBe(200);
      const [offered] = await choices(ada);
      expect((await ada.api('PUT', OWN, { choice: offered?.choice })).status).toBe(200);
    });
  });

  it.each([
    'nothing',
    'thumbs-0123456789abcdef',
    'thumbs-0123456789abcdef-e99',
    'a'.repeat(64),
    'a'.repeat(65),
    '..%2f..%2fpackage.json',
    '%00',
  ])('answers %s as no picture, and lets nobody keep that answer', async (id) => {
    const answer = await load(`/api/avatars/${id}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['GET', '/api/avatars/choices'],
    ['PUT', OWN],
    ['DELETE', OWN],
  ])('asks strangers at %s %s to sign in', async (method, path) => {
    expect((await app.http(method, path)).status).toBe(401);
  });
});
