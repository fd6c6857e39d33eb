import { binary, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

const page = 'convert/#definition';
const UUID = '867dee52-c331-484e-92d1-c56479b8e67e';
const BASE64 = 'hn3uUsMxSE6S0cVkebjmfg==';
const HEX = '867DEE52C331484E92D1C56479B8E67E';
const VALUES = {
  _id: 1,
  uuid: binary(BASE64, 4),
  bytes: binary(BASE64),
  face: binary('8J+Zgg=='),
  own: binary('AA==', 130),
};

const text = (input: unknown, format?: string): unknown => ({
  $convert: { input, to: 'string', ...(format && { format }) },
});
const bytes = (input: unknown, format?: string, subtype: unknown = 0): unknown => ({
  $convert: { input, to: { type: 'binData', subtype }, ...(format && { format }) },
});

/** Statements on binary data and their texts. */
export const cases: readonly Case[] = [
  computes(
    '$convert writes binary data in a format',
    page,
    [
      [text('$bytes', 'base64'), BASE64],
      [text('$uuid', 'base64'), BASE64],
      [text('$bytes', 'base64url'), 'hn3uUsMxSE6S0cVkebjmfg'],
      [text('$bytes', 'hex'), HEX],
      [text('$face', 'utf8'), '🙂'],
      [text('$uuid', 'uuid'), UUID],
      [text('$uuid', 'auto'), UUID],
      [text('$bytes', 'auto'), BASE64],
      [{ $toString: '$uuid' }, UUID],
      [{ $convert: { input: '$gone', to: 'string', format: 'hex' } }, null],
    ],
    VALUES,
  ),
  computes(
    '$convert reads binary data in a format',
    page,
    [
      [bytes(BASE64, 'base64'), binary(BASE64)],
      [bytes('hn3uUsMxSE6S0cVkebjmfg', 'base64url'), binary(BASE64)],
      [bytes(HEX.toLowerCase(), 'hex'), binary(BASE64)],
      [bytes('🙂', 'utf8', 130), binary('8J+Zgg==', 130)],
      [bytes(UUID, 'uuid', 4), binary(BASE64, 4)],
      [bytes('$uuid', undefined, 4), binary(BASE64, 4)],
      [bytes('$own', undefined, 130), binary('AA==', 130)],
      [{ $convert: { input: '$bytes', to: 'binData' } }, binary(BASE64)],
      [{ $convert: { input: '1.5', to: { type: 'double' } } }, 1.5],
      [{ $convert: { input: 'no hex', to: { type: 'binData' }, format: 'hex', onError: 'bad' } }, 'bad'],
    ],
    VALUES,
  ),
  fails(
    '$convert refuses texts that are not in the format, and other subtypes',
    page,
    [
      [bytes('no base64', 'base64'), 241],
      [bytes('no base64', 'base64url'), 241],
      [bytes('ABC', 'hex'), 241],
      [bytes(UUID, 'uuid'), 241],
      [bytes(BASE64, 'base64', 4), 241],
      [bytes(BASE64, 'auto'), 241],
      [text('$bytes', 'uuid'), 241],
      [text('$bytes', 'utf8'), 241],
      [bytes('$uuid'), 241],
      [bytes('$bytes', undefined, 4), 241],
      [bytes('$_id'), 241],
      [bytes(BASE64, 'base64', 127), 4341107],
      [bytes(BASE64, 'base64', 256), 4341107],
      [{ $convert: { input: 1, to: { type: -2 } } }, 9],
      [{ $convert: { input: 1, to: -2 } }, 9],
      [{ $convert: { input: 1, to: 1.5 } }, 9],
      [{ $convert: { input: 1, to: 'colour' } }, 2],
    ],
    VALUES,
  ),
];
