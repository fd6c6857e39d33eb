import 'reflect-metadata';
import { MESSAGE_BODY } from '@parlance/contracts';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { quicklyChecked } from '../../core/validation/quick-check.js';
import { SendMessageDto } from './send-message.dto.js';

const VALUES = {
  conversationId: ['a'.repeat(24), 'A'.repeat(24), 'a'.repeat(25), `${'a'.repeat(24)}\n`, 7, { $ne: null }, null],
  clientId: [
    '6f1c2a34-9b7d-4e21-8f00-1234567890ab',
    '6F1C2A34-9B7D-7E21-8F00-1234567890AB',
    '00000000-0000-0000-0000-000000000000',
    '6f1c2a34-9b7d-0e21-0f00-1234567890ab',
    'no-uuid',
    ['6f1c2a34-9b7d-4e21-8f00-1234567890ab'],
    null,
  ],
  body: [
    'Good morning!',
    'Zoe\u0308\r\nand\rmore\n\ttabbed',
    '  spaces stay ',
    '',
    '   ',
    '\u0000',
    'a\u0085b',
    'half \ud83d',
    '😀'.repeat(MESSAGE_BODY.maxCodePoints),
    '😀'.repeat(MESSAGE_BODY.maxCodePoints + 1),
    'x'.repeat(MESSAGE_BODY.maxCodePoints),
    'x'.repeat(MESSAGE_BODY.maxCodePoints + 1),
    '\u212b'.repeat(MESSAGE_BODY.maxCodePoints),
    7,
    ['text'],
    { $gt: '' },
    null,
  ],
  replyTo: ['b'.repeat(24), 'b', null, { $ne: null }, 7],
  more: [1],
} as const;

const ABSENT = Symbol('absent');

/** Every field with every value and without one, the others being right. */
function samples(): Record<string, unknown>[] {
  const [conversationId] = VALUES.conversationId;
  const [clientId] = VALUES.clientId;
  const [body] = VALUES.body;
  return Object.entries(VALUES).flatMap(([name, values]) =>
    [...values, ABSENT, undefined].map((value) => {
      const sample: Record<string, unknown> = { conversationId, clientId, body, [name]: value };
      if (value === ABSENT) delete sample[name];
      return sample;
    }),
  );
}

async function theLongWay(value: object): Promise<object | undefined> {
  const dto = plainToInstance(SendMessageDto, value);
  const errors = await validate(dto, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return errors.length === 0 ? dto : undefined;
}

describe('the quick check of a sent message', () => {
  it.each(samples())('takes and refuses what the decorators do: %j', async (sample) => {
    const expected = await theLongWay(sample);
    const taken = quicklyChecked(SendMessageDto, sample);
    expect({ ...taken }).toEqual({ ...expected });
    expect(taken === undefined).toBe(expected === undefined);
    expect(taken ?? new SendMessageDto()).toBeInstanceOf(SendMessageDto);
  });

  it('is not led astray by keys with a meaning of their own', () => {
    const [conversationId, clientId, body] = [VALUES.conversationId[0], VALUES.clientId[0], VALUES.body[0]];
    const text = JSON.stringify({ conversationId, clientId, body });
    const sample = JSON.parse(`${text.slice(0, -1)},"__proto__":{"replyTo":"x"}}`) as object;
    expect(quicklyChecked(SendMessageDto, sample)).toBeUndefined();
  });
});
