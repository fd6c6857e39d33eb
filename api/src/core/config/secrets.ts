import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootError } from './boot-error.js';
import type { Env } from './env.js';

/** Secrets that must stand before the API can run, by variable. */
export const REQUIRED_SECRETS = {
  ACCESS_TOKEN_SECRET: 'accessTokenSecret',
  PASSWORD_PEPPER: 'passwordPepper',
  COOKIE_SECRET: 'cookieSecret',
} as const;

/** What `.env.example` shows; refused in production, since everybody can read it. */
export const SAMPLE_SECRET_PREFIX = 'change-me';

/**
 * Fills in the secrets that were left out, outside production: made once, kept in the data folder, readable by the
 * owner alone. Losing that file signs everybody out and makes stored passwords useless, so it belongs to a backup.
 */
export function ensureSecrets(env: Env): void {
  const missing = Object.values(REQUIRED_SECRETS).filter((property) => !env[property]);
  if (missing.length === 0) return;
  const file = join(env.dataDir, 'secrets.json');
  const kept = existsSync(file) ? read(file) : {};
  const made = Object.fromEntries(
    missing.map((property) => [property, kept[property] ?? randomBytes(48).toString('base64url')]),
  );
  Object.assign(env, made);
  if (missing.every((property) => kept[property])) return;
  // Written beside and moved into place: a crash in between must not leave half a file.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ ...kept, ...made }, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, file);
}

function read(file: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof kept !== 'object' || kept === null) throw new TypeError();
    return kept as Record<string, string>;
  } catch {
    throw new BootError(`${file} is damaged. Restore it from a backup: without it, nobody can sign in.`);
  }
}
