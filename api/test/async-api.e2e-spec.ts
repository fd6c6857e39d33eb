import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { type Problem, PROTOCOL_VERSION, type SocketFactName, type SocketRequestName } from '@parlance/contracts';
import { AppModule } from '../src/app.module.js';
import { drain } from '../src/app.setup.js';
import { IsText, RealtimeGateway, type RealtimeSocket, SignedIn, SocketOperation } from '../src/public-api.js';
import { type AsyncApi, readAsyncApi } from './support/async-api-reader.js';
import {
  connect,
  conversationOf,
  type Person,
  registerPerson,
  startTestApp,
  type TestApp,
  TestSocket,
} from './support/index.js';

/** Every fact of the contract; the type keeps this list complete. */
const FACTS = Object.keys({
  'message:created': true,
  'message:updated': true,
  'conversation:created': true,
  'conversation:updated': true,
  'conversation:removed': true,
  'conversation:marker': true,
  typing: true,
  'presence:changed': true,
  'user:updated': true,
  heads: true,
  'session:expiring': true,
  'session:ended': true,
  'server:draining': true,
} satisfies Record<SocketFactName, true>);

/** Named in the contract, sent by no server yet. */
const RESERVED = ['conversation:updated', 'conversation:removed'];

class NoteDto {
  @ApiProperty({ minLength: 1, maxLength: 20 })
  @IsText({ min: 1, max: 20 })
  note: string;
}

class EventsDto {
  @ApiProperty({ type: [String] })
  events: string[];
}

/** An extension as a team would write it. */
@SignedIn()
@RealtimeGateway()
class SampleGateway {
  /** What the running server listens to on a socket: the reality that the document is held against. */
  @SubscribeMessage('sample:events')
  @SocketOperation({ summary: 'Which events have a handler.', data: EventsDto })
  events(@ConnectedSocket() socket: RealtimeSocket, @MessageBody() _: NoteDto): EventsDto {
    return { events: socket.eventNames().filter((name) => typeof name === 'string') };
  }

  /** One that says nothing of itself. */
  @SubscribeMessage('sample:silent/~%')
  silent(): void {}
}

@Module({ imports: [AppModule], providers: [SampleGateway] })
class ExtendedModule {}

describe('the AsyncAPI document', () => {
  let app: TestApp;
  let api: AsyncApi;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    const settings = { HEADS_SECONDS: '1', SOCKET_TYPING_PER_SECOND: '100', PUBLIC_ORIGIN: 'https://chat.example.org' };
    app = await startTestApp(settings, ExtendedModule);
    api = readAsyncApi((await app.http('GET', '/api/docs/asyncapi.json')).body);
    [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
  });
  afterAll(() => app.close());

  it('is served as JSON to whoever asks, as OpenAPI is', async () => {
    const { status, headers } = await app.http('GET', '/api/docs/asyncapi.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('is an AsyncAPI 3 document, with every reference leading somewhere', () => {
    expect(api.schemaErrors()).toEqual([]);
    expect(api.danglingReferences()).toEqual([]);
    expect(api.unlinkedMessages()).toEqual([]);
  });

  it('says where the socket is, and what opens it', async () => {
    expect(api.document.servers['socket']).toMatchObject({
      host: 'chat.example.org',
      protocol: 'wss',
      pathname: '/socket.io',
    });
    const handshake = { token: ada.accessToken, protocol: PROTOCOL_VERSION };
    expect(api.errorsOf('handshake', 'connect', handshake)).toEqual([]);
    expect(api.errorsOf('handshake', 'connect', { ...handshake, protocol: 2 })).not.toEqual([]);

    const refused: { problem?: Problem } = await TestSocket.connect(app, { ...handshake, protocol: 2 }).then(
      () => ({}),
      (error: { problem?: Problem }) => error,
    );
    expect(api.errorsOf('handshake', 'connect_error', { data: refused.problem })).toEqual([]);
  });

  it('has every event that a gateway handles, those of extensions too, and no other', async () => {
    const device = await connect(app, ada);
    const answer = await device.send('sample:events', { note: 'hello' });
    // What listens on a socket for its own sake, not for an event of a client.
    const own = ['error', 'disconnect'];
    const { events } = (answer as { data: EventsDto }).data;

    expect(events.filter((event) => !own.includes(event)).sort()).toEqual(api.eventsOf('receive').sort());
    expect(api.eventsOf('receive')).toEqual(
      expect.arrayContaining(['message:send', 'sample:events', 'sample:silent/~%']),
    );
    device.close();
  });

  it('has every fact of the contract, and no other', () => {
    expect(api.eventsOf('send').sort()).toEqual(FACTS.sort());
  });

  it('names exactly the fields that each request takes', async () => {
    const device = await connect(app, ada);
    const pathsOf = async (event: string, payload: object, ofRule: (rule: string) => boolean) => {
      const answer = (await device.send(event, payload)) as { problem?: Problem };
      const errors = answer.problem?.errors ?? [];
      return errors.filter(({ rule }) => ofRule(rule)).map(({ path }) => path.split('.')[0]);
    };
    for (const event of api.eventsOf('receive').filter((name) => !name.startsWith('sample:silent'))) {
      const { properties, required } = api.fieldsOf(event);
      const ofNoType = Object.fromEntries(properties.map((name) => [name, { of: 'no type' }]));
      const missing = await pathsOf(event, {}, () => true);
      const refused = await pathsOf(event, ofNoType, (rule) => rule !== 'not-allowed');
      const unknown = await pathsOf(event, { ...ofNoType, more: 1 }, (rule) => rule === 'not-allowed');

      expect([event, missing.sort()]).toEqual([event, required.sort()]);
      expect([event, [...new Set(refused)].sort()]).toEqual([event, properties.sort()]);
      expect([event, unknown]).toEqual([event, ['more']]);
    }
    device.close();
  });

  it('describes what is really sent: every request, ack and fact of a conversation', async () => {
    const [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    const heard = new Set<string>();
    const told = (event: string, fact: unknown) => {
      heard.add(event);
      expect([event, api.errorsOf('events', `${event}.fact`, fact)]).toEqual([event, []]);
    };
    const [adas, bens] = await Promise.all([connect(app, ada), connect(app, ben)]);
    const ask = async <E extends SocketRequestName>(device: TestSocket, event: E, payload: object) => {
      const answer = await device.send(event, payload);
      expect([event, api.errorsOf('events', `${event}.request`, payload)]).toEqual([event, []]);
      expect([event, api.errorsOf('events', `${event}.ack`, answer)]).toEqual([event, []]);
      return (answer as { data: { id: string; seq: number } }).data;
    };
    const facts: Promise<void>[] = [];
    const expectFact = (device: TestSocket, event: SocketFactName) =>
      facts.push(device.next(event).then((fact) => told(event, fact)));

    expectFact(bens, 'conversation:created');
    const { id: conversationId } = await conversationOf(ada, ben);
    await ask(bens, 'presence:watch', { userIds: [ada.user.id] });
    expectFact(bens, 'presence:changed');
    await ask(adas, 'presence:set', { state: 'away' });
    expectFact(bens, 'typing');
    await ask(adas, 'typing', { conversationId, active: true });
    expectFact(bens, 'message:created');
    const first = await ask(adas, 'message:send', { conversationId, clientId: randomUUID(), body: 'hello' });
    const answer = { conversationId, clientId: randomUUID(), body: 'hi', replyTo: first.id };
    await ask(bens, 'message:send', answer);
    expectFact(adas, 'conversation:marker');
    await ask(bens, 'conversation:delivered', { conversationId, seq: first.seq });
    await ask(bens, 'conversation:read', { conversationId, seq: first.seq });
    expectFact(bens, 'message:updated');
    await ask(adas, 'message:edit', { messageId: first.id, body: 'good morning' });
    await ask(adas, 'message:delete', { messageId: first.id });
    expectFact(bens, 'user:updated');
    await ada.api('PATCH', '/api/users/me', { displayName: 'Sample person', bio: 'Sample text.' });
    expectFact(bens, 'heads');
    await ask(adas, 'auth:refresh', { token: ada.accessToken });
    expectFact(adas, 'session:ended');
    await Promise.all(facts.splice(0, facts.length - 1));
    await ada.api(
      'POST',
      '/api/auth/logout',
      {},
      { headers: { cookie: ada.cookie, origin: 'https://chat.example.org' } },
    );
    await Promise.all(facts);

    // These need a token about to end, and a server about to stop: below.
    const elsewhere = ['session:expiring', 'server:draining', ...RESERVED];
    expect([...heard, ...elsewhere].sort()).toEqual(FACTS.sort());
    bens.close();
  });

  it('describes a refusal', async () => {
    const device = await connect(app, ben);
    const unknown = { conversationId: 'a'.repeat(24), clientId: randomUUID(), body: 'hello' };
    for (const payload of [{}, unknown]) {
      const answer = await device.send('message:send', payload);
      expect(answer).toMatchObject({ ok: false });
      expect(api.errorsOf('events', 'refusal', answer)).toEqual([]);
      expect(api.errorsOf('events', 'message:send.ack', answer)).not.toEqual([]);
      const code = (answer as { problem: Problem }).problem.type.split(':').at(-1);
      expect(api.problemsOf('message:send')).toContain(code);
    }
    expect(api.errorsOf('events', 'message:send.request', {})).not.toEqual([]);
    expect(api.errorsOf('events', 'message:send.request', { ...unknown, more: 1 })).not.toEqual([]);
    device.close();
  });

  it('describes the end of a token and of the server, and where that one is', async () => {
    // A token that ends sooner than the warning comes before it.
    const ending = await startTestApp({ ACCESS_TOKEN_SECONDS: '20' });
    const own = readAsyncApi((await ending.http('GET', '/api/docs/asyncapi.json')).body);
    expect(own.document.servers['socket']).toMatchObject({ host: new URL(ending.url).host, protocol: 'ws' });
    const device = await connect(ending, await registerPerson(ending));
    expect(api.errorsOf('events', 'session:expiring.fact', await device.next('session:expiring'))).toEqual([]);
    const draining = device.next('server:draining');
    await drain(ending.app);
    expect(api.errorsOf('events', 'server:draining.fact', await draining)).toEqual([]);
  });
});
