import { Binary, Decimal128, Double } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, computing, shown } from '../../../test/computed.js';

const convert = (input: unknown, to: unknown, rest: object = {}) => ({ $convert: { input, to, ...rest } });

describe('types that are asked for', () => {
  it.each([
    [convert(null, 'colour'), 'E2'],
    [convert(1, 'number'), 'E2'],
    [convert(1, 'missing'), 'E241'],
    [convert(1, 0), 'E241'],
    [convert(1, -0.5), 'E9'],
    [convert(1, { type: null }), 'E9'],
    [convert(1, { kind: 'int' }), 'E9'],
    [convert(null, null, { onNull: 'none' }), '"none"'],
    [convert(1, null), 'null'],
    [convert(true, 'string', { format: 'morse' }), 'E4341125'],
    [convert(true, 'string', { format: 1 }), 'E4341114'],
    [convert(1, { type: 'binData', subtype: 'a' }), 'E241'],
    [convert('a', 'binData'), 'E4341115'],
    [convert('a', { type: 'binData', subtype: 'a' }, { format: 'utf8' }), 'E4341108'],
    [{ $toInt: ['1', '2'] }, 'E50723'],
    [{ $toString: [] }, 'E50723'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

describe('numbers that do not fit', () => {
  it.each([
    { $toInt: new Double(2_147_483_647.5) },
    { $toInt: new Double(-2_147_483_648.5) },
    { $toLong: new Double(2 ** 63) },
    { $toDouble: '1e400' },
    { $toDouble: '-1e-400' },
    { $toDouble: Decimal128.fromString('1E-400') },
    { $toDecimal: '1E+7000' },
    { $toDecimal: '1E-7000' },
  ])('%j', (spec) => {
    expect(computed(spec)).toBe('E241');
  });
  it.each([
    [{ $toLong: new Double(-(2 ** 63)) }, '{"$numberLong":"-9223372036854775808"}'],
    [{ $toDouble: '0e-400' }, '{"$numberDouble":"0.0"}'],
    [{ $toDecimal: '0E-7000' }, '{"$numberDecimal":"0E-6176"}'],
    [{ $toDouble: '-inf' }, '{"$numberDouble":"-Infinity"}'],
    [{ $toDouble: '+NaN' }, '{"$numberDouble":"NaN"}'],
    [{ $toDouble: '-NAN' }, '{"$numberDouble":"NaN"}'],
    [{ $toDecimal: '-nan' }, '{"$numberDecimal":"NaN"}'],
    [{ $toDecimal: '-0.0' }, '{"$numberDecimal":"-0.0"}'],
    [{ $toDecimal: new Double(-0) }, '{"$numberDecimal":"-0"}'],
    [{ $toBool: Decimal128.fromString('1E-6176') }, 'true'],
    [{ $toBool: Decimal128.fromString('-0.00') }, 'false'],
  ])('%j fits', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

it('$toUUID leaves a UUID as it is and reads no other form than the one with dashes', () => {
  const uuid = new Binary(Buffer.alloc(16, 7), Binary.SUBTYPE_UUID);
  expect(computed({ $toUUID: uuid })).toBe(shown(uuid));
  expect(computed({ $toUUID: new Binary(Buffer.alloc(16)) })).toBe('E241');
  expect(computed({ $toUUID: '07'.repeat(16) })).toBe('E241');
});

describe('why a text is no number', () => {
  it.each([
    [{ $toInt: '2147483648' }, "Failed to parse number '2147483648' in $convert with no onError value: Overflow"],
    [{ $toLong: '5.5' }, 'Did not consume whole string'],
    [{ $toDouble: '5.5f' }, 'Did not consume whole string'],
    [{ $toDouble: 'FF' }, 'Did not consume any digits'],
    [{ $toDouble: '1E-1000' }, 'Out of range'],
    [{ $toDecimal: '1E6145' }, 'Conversion from string to decimal would overflow'],
    [{ $toDecimal: '-1E-6177' }, 'Conversion from string to decimal would underflow'],
    [{ $toDecimal: 'FF' }, 'Failed to parse string to decimal'],
    [{ $toInt: '0xFF' }, 'Illegal hexadecimal input in $convert'],
    [{ $toInt: Decimal128.fromString('NaN') }, 'Attempt to convert NaN value to integer type'],
    [{ $toDate: new Double(Infinity) }, 'Attempt to convert infinity value to integer type'],
    [{ $toObjectId: 'short' }, 'Invalid string length for parsing to OID, expected 24 but found 5'],
    [{ $toObjectId: 'InvalidHexButSizeCorrect' }, 'Invalid character found in hex string'],
    [{ $toUUID: '867dee52---484e-92d1' }, 'Invalid UUID string'],
  ])('%j: %s', (spec, expected) => {
    expect(() => computing(spec)).toThrow(expected);
  });
});

describe('a date beyond the years of four digits has no text', () => {
  const late = new Date(Date.UTC(10_000, 0));
  it.each([
    { $toString: late },
    convert(late, 'string', { onError: 'none' }),
    { $toUpper: late },
    { $substrCP: [late, 0, 4] },
    { $toString: new Date(-62_167_219_200_001) },
  ])('%j', (spec) => {
    expect(computed(spec)).toBe('E18537');
  });
  it('the first of them has one', () => {
    expect(computed({ $toString: new Date(-62_167_219_200_000) })).toBe('"0000-01-01T00:00:00.000Z"');
  });
});

describe('long texts', () => {
  it.each([
    ['double', `${'1'.repeat(200_000)}x`],
    ['date', `2020-01-01${' '.repeat(200_000)}x`],
  ])(
    'that are no %s are refused at once',
    (to, input) => {
      expect(computed({ $convert: { input: '$input', to, onError: 'none' } }, { input })).toBe('"none"');
    },
    5_000,
  );
  it.each(['base64', 'base64url', 'hex'])('in %s are read', (format) => {
    const convert = { input: '$input', to: 'binData', format };
    const size = { $binarySize: { $convert: convert } };
    expect(computed(size, { input: 'a'.repeat(12_000_000) })).toContain(format === 'hex' ? '6000000' : '9000000');
  });
});
