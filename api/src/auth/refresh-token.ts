import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const SHAPE = /^([0-9a-f]{24})\.([\w-]{43})\.([\w-]{43})$/;

const tag = (key: string, text: string) => createHmac('sha256', key).update(`refresh:${text}`).digest('base64url');

/**
 * A refresh token: the session it is for, 32 random bytes, and our signature over both. The signature tells an old
 * token of ours, whose use means that it was stolen, from an invention, which means nothing.
 */
export interface RefreshToken {
  sessionId: string;
  /** As it goes into the cookie. */
  text: string;
  /** As it is stored. */
  hash: string;
}

export const hashToken = (text: string) => createHash('sha256').update(text).digest('base64url');

export function makeRefreshToken(key: string, sessionId: string): RefreshToken {
  const body = `${sessionId}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const text = `${body}.${tag(key, body)}`;
  return { sessionId, text, hash: hashToken(text) };
}

/** Reads a token that is ours; undefined for anything else. */
export function readRefreshToken(key: string, text: string | undefined): RefreshToken | undefined {
  const [, sessionId, secret, signature] = SHAPE.exec(text ?? '') ?? [];
  if (!text || !sessionId || !secret || !signature) return undefined;
  const expected = Buffer.from(tag(key, `${sessionId}.${secret}`));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  return { sessionId, text, hash: hashToken(text) };
}
