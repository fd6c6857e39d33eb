import type { ArgumentMetadata } from '@nestjs/common';
import type { FieldError } from '@parlance/contracts';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, ValidateNested } from 'class-validator';
import { DomainError, NotFound, ValidationFailed } from '../errors/index.js';
import { IsObjectId, ObjectIdPipe } from './identifiers.js';
import { IsQueryInteger } from './query.js';
import { IsText } from './text.js';
import { ValidationPipe } from './validation.pipe.js';

class PartDto {
  @IsText({ min: 1, max: 5 })
  label: string;
}

class SampleDto {
  @IsText({ min: 1, max: 10, trim: true })
  name: string;

  @IsOptional()
  @IsInt({ message: 'Use a whole number.' })
  count?: number;

  @IsQueryInteger(1, 100)
  limit?: number;

  @IsOptional()
  @IsObjectId({ each: true })
  ids?: string[];

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PartDto)
  parts?: PartDto[];
}

const body: ArgumentMetadata = { type: 'body', metatype: SampleDto };
const pass = (value: unknown, metadata = body) =>
  Promise.resolve().then(() => new ValidationPipe().transform(value, metadata));

async function errorsOf(value: unknown): Promise<FieldError[]> {
  const error: unknown = await pass(value).catch((thrown: unknown) => thrown);
  if (!(error instanceof DomainError) || error.type !== ValidationFailed) throw new Error('It was not refused.');
  return error.details.errors ?? [];
}

describe('ValidationPipe', () => {
  it('gives an instance of the DTO with its texts normalised', async () => {
    const dto = await pass({ name: '  Zoe\u0308 ' });
    expect(dto).toBeInstanceOf(SampleDto);
    expect(dto).toMatchObject({ name: 'Zo\u00eb' });
  });

  it.each([
    ['an operator in place of a text', { name: { $gt: '' } }],
    ['a list in place of a text', { name: ['a'] }],
    ['a number in place of a text', { name: 7 }],
    ['null in place of a text', { name: null }],
    ['nothing in place of a text', {}],
  ])('refuses %s', async (_, value) => {
    expect(await errorsOf(value)).toEqual([{ path: 'name', rule: 'text', message: 'This must be text.' }]);
  });

  it('converts nothing by itself', async () => {
    expect(await errorsOf({ name: 'a', count: '7' })).toMatchObject([{ path: 'count', rule: 'integer' }]);
  });

  it('reads whole numbers of a query string', async () => {
    expect(await pass({ name: 'a', limit: '25' })).toMatchObject({ limit: 25 });
    expect(await errorsOf({ name: 'a', limit: '0' })).toMatchObject([{ path: 'limit', rule: 'range' }]);
    expect(await errorsOf({ name: 'a', limit: ['1', '2'] })).toMatchObject([{ path: 'limit', rule: 'range' }]);
  });

  it('refuses fields that it does not know', async () => {
    expect(await errorsOf({ name: 'a', role: 'admin' })).toMatchObject([{ path: 'role', rule: 'not-allowed' }]);
  });

  it.each(['toString', 'hasOwnProperty', 'constructor', '__proto__', 'then'])(
    'refuses a field named %s, as every other that it does not know',
    async (field) => {
      const value = JSON.parse(`{"name":"a","${field}":{"role":"admin"}}`) as unknown;
      expect(await errorsOf(value)).toMatchObject([{ path: field, rule: 'not-allowed' }]);
    },
  );

  it('names every field at fault, each once, by its path', async () => {
    const errors = await errorsOf({ name: '', count: 'x', parts: [{ label: 'fine' }, { label: 'too long' }] });
    expect(errors.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
      'name: min-length',
      'count: integer',
      'parts.1.label: max-length',
    ]);
  });

  it('refuses ids that cannot be ours', async () => {
    expect(await pass({ name: 'a', ids: ['0'.repeat(24)] })).toBeInstanceOf(SampleDto);
    expect(await errorsOf({ name: 'a', ids: [{ $ne: null }] })).toMatchObject([{ path: 'ids', rule: 'id' }]);
  });

  it('never repeats a value', async () => {
    const errors = await errorsOf({ name: 'hunter2-hunter2', count: 'hunter2', ids: ['hunter2'] });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  it.each([undefined, null, 'text', 7, true, [], [{ name: 'a' }]])(
    'refuses %p where an object is meant',
    async (value) => {
      expect(await errorsOf(value)).toMatchObject([{ path: '', rule: 'object' }]);
    },
  );

  it('refuses bytes where an object is meant', async () => {
    await expect(pass(Buffer.from('{}'))).rejects.toMatchObject({ type: ValidationFailed });
  });

  it('is not led astray by keys with a meaning of their own', async () => {
    await errorsOf(JSON.parse('{"name":"a","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('leaves alone what decorators and paths give', async () => {
    const identity = { userId: 'u' };
    await expect(pass(identity, { type: 'custom', metatype: SampleDto })).resolves.toBe(identity);
    await expect(pass('x', { type: 'param', metatype: String })).resolves.toBe('x');
  });
});

describe('ObjectIdPipe', () => {
  it('answers what cannot be an id as what is not there', () => {
    const pipe = new ObjectIdPipe();
    expect(pipe.transform('a'.repeat(24))).toBe('a'.repeat(24));
    for (const id of ['', 'x', 'A'.repeat(24), 'a'.repeat(25), `${'a'.repeat(24)}\n`]) {
      expect(() => pipe.transform(id)).toThrow(new DomainError(NotFound));
    }
  });
});
