import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { UserPresence } from '@parlance/contracts';
import { connect, type Person, registerPerson, startTestApp, type TestApp, type TestSocket } from './support/index.js';

describe('Presence', () => {
  let app: TestApp;
  let ada: Person;
  let bob: Person;
  let open: TestSocket[];

  const device = async (person: Person) => {
    const socket = await connect(app, person);
    open.push(socket);
    return socket;
  };
  const offline: Pick<UserPresence, 'state'> = { state: 'offline' };

  beforeAll(async () => {
    app = await startTestApp({ PRESENCE_GRACE_MS: '100' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    open = [];
    [ada, bob] = await Promise.all([registerPerson(app), registerPerson(app)]);
  });
  afterEach(() => open.forEach((socket) => socket.close()));

  it('answers a watch with how things stand and tells every change after it', async () => {
    const watcher = await device(ada);
    expect(await watcher.ok('presence:watch', { userIds: [bob.user.id] })).toEqual([
      { userId: bob.user.id, state: 'offline' },
    ]);
    const phone = await device(bob);
    expect(await watcher.next('presence:changed')).toEqual({ userId: bob.user.id, state: 'active' });
    await phone.ok('presence:set', { state: 'away' });
    expect(await watcher.next('presence:changed')).toEqual({ userId: bob.user.id, state: 'away' });
    const before = Date.now();
    phone.close();
    const gone = await watcher.next('presence:changed');
    expect(gone).toMatchObject({ userId: bob.user.id, ...offline });
    expect(Date.parse(gone.lastSeenAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(await watcher.ok('presence:watch', { userIds: [bob.user.id] })).toEqual([gone]);
  });

  it('shows a person with several devices as active until the last active one is away', async () => {
    const [phone, laptop] = [await device(bob), await device(bob)];
    const watcher = await device(ada);
    await watcher.ok('presence:watch', { userIds: [bob.user.id] });
    await phone.ok('presence:set', { state: 'away' });
    expect(await watcher.ok('presence:watch', { userIds: [bob.user.id] })).toMatchObject([{ state: 'active' }]);
    await laptop.ok('presence:set', { state: 'away' });
    expect(await watcher.next('presence:changed')).toMatchObject({ state: 'away' });
    laptop.close();
    await phone.ok('presence:set', { state: 'active' });
    expect(await watcher.next('presence:changed')).toMatchObject({ state: 'active' });
  });

  it('shows who is invisible as offline, and not how long they stay', async () => {
    const phone = await device(bob);
    const watcher = await device(ada);
    await watcher.ok('presence:watch', { userIds: [bob.user.id] });
    await phone.ok('presence:set', { state: 'invisible' });
    const hidden = await watcher.next('presence:changed');
    expect(hidden).toMatchObject(offline);
    phone.close();
    // Another device of the same person ends the grace of the first within this watch.
    const again = await device(bob);
    await again.ok('presence:set', { state: 'away' });
    expect(await watcher.next('presence:changed')).toMatchObject({ state: 'away' });
    expect(watcher.seen('presence:changed')).toEqual([]);
  });

  it('tells only of the people on the last list', async () => {
    const cleo = await registerPerson(app);
    const watcher = await device(ada);
    await watcher.ok('presence:watch', { userIds: [bob.user.id] });
    await watcher.ok('presence:watch', { userIds: [cleo.user.id] });
    await device(bob);
    await device(cleo);
    expect(await watcher.next('presence:changed')).toMatchObject({ userId: cleo.user.id });
    expect(watcher.seen('presence:changed')).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['more than 200 people', 'presence:watch', { userIds: Array.from({ length: 201 }, () => '0'.repeat(24)) }],
    ['an operator in place of people', 'presence:watch', { userIds: { $ne: [] } }],
    ['an operator among people', 'presence:watch', { userIds: [{ $ne: '' }] }],
    ['nobody in particular', 'presence:watch', {}],
    ['a state of others', 'presence:set', { state: 'active', userId: '0'.repeat(24) }],
    ['a state that does not exist', 'presence:set', { state: 'asleep' }],
    ['an operator in place of a state', 'presence:set', { state: { $ne: 'away' } }],
  ])('refuses %s in the ack, and goes on', async (_, event, payload) => {
    const socket = await device(ada);
    expect(await socket.send(event, payload)).toMatchObject({
      ok: false,
      problem: { type: 'urn:parlance:problem:validation-failed', status: 400 },
    });
    expect(await socket.ok('presence:watch', { userIds: [ada.user.id] })).toMatchObject([{ state: 'active' }]);
  });
});
