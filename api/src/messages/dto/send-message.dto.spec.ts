import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MESSAGE_BODY } from '@parlance/contracts';
import { DomainError } from '../../core/errors/index.js';
import { ValidationPipe } from '../../core/validation/index.js';
import { SendMessageDto } from './send-message.dto.js';

const pipe = new ValidationPipe();

function check(fields: Record<string, unknown>): Promise<unknown> {
  const value = { conversationId: 'a'.repeat(24), clientId: randomUUID(), body: 'hello', ...fields };
  return Promise.resolve().then(() => pipe.transform(value, { type: 'body', metatype: SendMessageDto }));
}

async function faults(fields: Record<string, unknown>): Promise<[string, string][]> {
  const error = await check(fields).catch((thrown: unknown) => thrown);
  if (!(error instanceof DomainError)) throw new Error('Nothing was refused.');
  return (error.details.errors ?? []).map(({ path, rule }) => [path, rule]);
}

describe('a message to be sent', () => {
  it.each([
    ['plain text', 'Good morning!'],
    ['newlines and tabs', 'one\n\ttwo'],
    ['the longest text', 'x'.repeat(MESSAGE_BODY.maxCodePoints)],
    ['the longest text in emoji, which take two units each', '😀'.repeat(MESSAGE_BODY.maxCodePoints)],
    ['an emoji made of several', '👩‍👩‍👧'],
    ['right-to-left text', 'שלום עולם'],
  ])('may hold %s', async (_, body) => {
    expect(await check({ body })).toMatchObject({ body });
  });

  it('is kept in normal form, with newlines alike', async () => {
    expect(await check({ body: 'e\u0301\r\n' })).toMatchObject({ body: 'é\n' });
  });

  it.each([
    ['nothing', '', 'min-length'],
    ['only white space', ' \n\t\u00a0', 'min-length'],
    ['one code point too many', 'x'.repeat(MESSAGE_BODY.maxCodePoints + 1), 'max-length'],
    ['half of a surrogate pair', 'hi \ud83d', 'well-formed'],
    ['NUL', 'a\0b', 'no-control-characters'],
    ['another control character', 'a\u001bb', 'no-control-characters'],
    ['an operator', { $ne: '' }, 'text'],
    ['a list', ['hello'], 'text'],
    ['a number', 1, 'text'],
  ])('may not hold %s', async (_, body, rule) => {
    expect(await faults({ body })).toEqual([['body', rule]]);
  });

  it.each([
    ['a clientId that is no UUID', { clientId: '1' }, 'clientId', 'uuid'],
    ['an operator as clientId', { clientId: { $gt: '' } }, 'clientId', 'uuid'],
    ['an operator as conversation', { conversationId: { $ne: null } }, 'conversationId', 'id'],
    ['an operator as replyTo', { replyTo: { $exists: true } }, 'replyTo', 'id'],
    ['null as replyTo', { replyTo: null }, 'replyTo', 'id'],
    ['another sender', { senderId: 'b'.repeat(24) }, 'senderId', 'not-allowed'],
    ['a place of its own', { seq: 1 }, 'seq', 'not-allowed'],
  ])('may not have %s', async (_, fields, path, rule) => {
    expect(await faults(fields)).toEqual([[path, rule]]);
  });
});
