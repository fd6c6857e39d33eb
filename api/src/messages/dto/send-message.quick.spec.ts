import 'reflect-metadata';
import { MESSAGE_BODY } from '@parlance/contracts';
import { describe, expect, it } from '@jest/globals';
import { DomainError, ValidationFailed } from '../../core/errors/index.js';
import { ValidationPipe } from '../../core/validation/index.js';
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

type Sample = Record<string, unknown>;
const RIGHT: Sample = {
  conversationId: VALUES.conversationId[0],
  clientId: VALUES.clientId[0],
  body: VALUES.body[0],
};
const FIELDS = Object.entries(VALUES).map(([name, values]) => ({ name, values: [...values, ABSENT, undefined] }));

function withField(sample: Sample, name: string, value: unknown): Sample {
  const { [name]: before, ...rest } = sample;
  return value === ABSENT ? rest : { ...rest, [name]: value };
}

/** Every field with every value and without one, the others being right, each with a title. */
const samples = FIELDS.flatMap(({ name, values }) =>
  values.map((value): [string, Sample] => {
    const shown = value === ABSENT ? 'absent' : (JSON.stringify(value) ?? 'undefined');
    return [`${name} ${shown.slice(0, 60)}`, withField(RIGHT, name, value)];
  }),
);

/** The same of any two fields at once. */
const pairs = FIELDS.flatMap(({ name, values }, n) =>
  FIELDS.slice(n + 1).flatMap((other) =>
    values.flatMap((value) => other.values.map((more) => withField(withField(RIGHT, name, value), other.name, more))),
  ),
);

/** The same DTO, and no quick check. */
class Unhurried extends SendMessageDto {}
const pipe = new ValidationPipe();

/** What the pipe makes of it without a quick check; undefined for what it refuses. */
async function theLongWay(value: object): Promise<object | undefined> {
  try {
    return (await pipe.transform(value, { type: 'body', metatype: Unhurried })) as object;
  } catch (error) {
    if (error instanceof DomainError && error.type === ValidationFailed) return undefined;
    throw error;
  }
}

async function expectAgreement(sample: Sample): Promise<void> {
  const expected = await theLongWay(sample);
  const taken = quicklyChecked(SendMessageDto, sample);
  expect({ sample, ...taken }).toEqual({ sample, ...expected });
  expect({ sample, isTaken: taken !== undefined }).toEqual({ sample, isTaken: expected !== undefined });
  expect(taken ?? new SendMessageDto()).toBeInstanceOf(SendMessageDto);
}

describe('the quick check of a sent message', () => {
  it.each(samples)('takes and refuses what the pipe does without it: %s', (_, sample) => expectAgreement(sample));

  it('agrees with the pipe about any two fields at once', async () => {
    for (const sample of pairs) await expectAgreement(sample);
    expect(pairs.length).toBeGreaterThan(500);
  });

  it.each(['__proto__', 'toString', 'constructor'])(
    'is not led astray by %s, which has a meaning of its own',
    async (key) => {
      const text = JSON.stringify(RIGHT);
      const sample = JSON.parse(`${text.slice(0, -1)},"${key}":{"replyTo":"x"}}`) as Sample;
      expect(quicklyChecked(SendMessageDto, sample)).toBeUndefined();
      expect(await theLongWay(sample)).toBeUndefined();
    },
  );
});
