import { randomUUID } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, Module, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Message } from '@parlance/contracts';
import { AppModule } from '../src/app.module.js';
import { ChatGateway } from '../src/chat/chat.gateway.js';
import { FastLanes } from '../src/core/realtime/index.js';
import {
  connect,
  conversationOf,
  registerPerson,
  startTestApp,
  type TestApp,
  type TestSocket,
} from './support/index.js';

/** A rule of a team's own: nobody says the word. */
@Injectable()
class WordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'ws') return true;
    return context.switchToWs().getData<{ body?: unknown }>().body !== 'the word';
  }
}

@Module({ imports: [AppModule], providers: [{ provide: APP_GUARD, useClass: WordGuard }] })
class TeamModule {}

describe('the fast lane of a sent message', () => {
  let app: TestApp;
  let device: TestSocket;

  afterEach(async () => {
    device.close();
    await app.close();
  });

  /** Sends as somebody who has one conversation; answers with how, and whether the lane took it. */
  async function sender(root?: Type) {
    app = await startTestApp({}, root);
    const [ada, ben] = [await registerPerson(app), await registerPerson(app)];
    const { id: conversationId } = await conversationOf(ada, ben);
    device = await connect(app, ada);
    const take = jest.spyOn(app.app.get(FastLanes), 'take');
    const send = async (fields: Record<string, unknown>) => {
      take.mockClear();
      const answer = await device.send('message:send', { conversationId, clientId: randomUUID(), ...fields });
      return { answer, wasTaken: take.mock.results.at(-1)?.value !== undefined };
    };
    return { ada, send };
  }

  it('takes what is right, and answers as the handler does', async () => {
    const { ada, send } = await sender();
    const { answer, wasTaken } = await send({ body: 'Zoe\u0308\r\n' });
    expect(answer).toMatchObject({ ok: true, data: { seq: 1, body: 'Zo\u00eb\n', senderId: ada.user.id } });
    expect(wasTaken).toBe(true);
  });

  it('answers what the handler refuses', async () => {
    const { send } = await sender();
    const { answer, wasTaken } = await send({ conversationId: 'a'.repeat(24), body: 'to nowhere' });
    expect(answer).toMatchObject({ ok: false, problem: { type: 'urn:parlance:problem:not-found' } });
    expect(wasTaken).toBe(true);
  });

  it('leaves what is wrong to the pipe, which names the field', async () => {
    const { send } = await sender();
    const { answer, wasTaken } = await send({ body: '' });
    expect(answer).toMatchObject({ ok: false, problem: { errors: [{ path: 'body', rule: 'min-length' }] } });
    expect(wasTaken).toBe(false);
  });

  it('lets nobody pass whose session has ended', async () => {
    const { ada, send } = await sender();
    const gateway = jest.spyOn(app.app.get(ChatGateway), 'send');
    const ended = ada.api('POST', '/api/auth/logout', {}, { headers: { cookie: ada.cookie, origin: app.url } });
    const { status } = await ended;
    expect(status).toBe(204);
    gateway.mockClear();
    await send({ body: 'too late' }).catch(() => undefined);
    expect(gateway).not.toHaveBeenCalled();
  });

  it('is closed where a module has a guard of its own, which is asked then', async () => {
    const { send } = await sender(TeamModule);
    const refused = await send({ body: 'the word' });
    expect(refused.answer).toMatchObject({ ok: false, problem: { type: 'urn:parlance:problem:forbidden' } });
    const allowed = await send({ body: 'another word' });
    expect(allowed.answer).toMatchObject({ ok: true, data: { body: 'another word' } as Partial<Message> });
    expect([refused.wasTaken, allowed.wasTaken]).toEqual([false, false]);
  });
});
