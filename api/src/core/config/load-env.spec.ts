import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BootError } from './boot-error.js';
import { loadEnv } from './load-env.js';

const SECRETS = {
  ACCESS_TOKEN_SECRET: 'a'.repeat(32),
  PASSWORD_PEPPER: 'b'.repeat(32),
  COOKIE_SECRET: 'c'.repeat(32),
};

describe('loadEnv', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'parlance-env-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const load = (settings: Record<string, string> = {}) => loadEnv({ DATA_DIR: dataDir, ...settings });
  const faultOf = (settings: Record<string, string>): string => {
    try {
      load(settings);
    } catch (error) {
      if (error instanceof BootError) return error.message;
      throw error;
    }
    throw new Error('These settings were accepted.');
  };

  it('has a default for everything but the secrets', () => {
    const env = load();
    expect(env).toMatchObject({ port: 3000, host: '127.0.0.1', bcryptCost: 12, nodeEnv: 'development' });
    expect(env.mongodbUri).toBeUndefined();
  });

  it('reads numbers as numbers', () => {
    expect(load({ PORT: '8080', SOCKETS_PER_USER: ' 3 ' })).toMatchObject({ port: 8080, socketsPerUser: 3 });
  });

  it('takes an empty variable for one that is absent', () => {
    expect(load({ PORT: '', MONGODB_URI: '', PUBLIC_ORIGIN: '' })).toMatchObject({ port: 3000, mongodbUri: undefined });
  });

  it('names every fault at once', () => {
    const message = faultOf({ PORT: '70000', SIGNUP: 'maybe', BCRYPT_COST: 'twelve', NODE_ENV: 'prod' });
    expect(message).toContain('PORT must be a whole number between 0 and 65535');
    expect(message).toContain('SIGNUP must be open, closed or invite');
    expect(message).toContain('BCRYPT_COST must be a whole number');
    expect(message).toContain('NODE_ENV must be development, production or test');
  });

  it.each([
    ['PORT', '30 00'],
    ['PORT', '-1'],
    ['PORT', '1.5'],
    ['MONGODB_URI', 'postgres://localhost'],
    ['PUBLIC_ORIGIN', 'talk.example.com'],
    ['PUBLIC_ORIGIN', 'https://talk.example.com/path'],
    ['ACCESS_TOKEN_SECRET', 'too short'],
    ['PASSWORD_PEPPER_ID', 'P-1'],
  ])('refuses a wrong %s without showing it', (name, value) => {
    const message = faultOf({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain(value);
  });

  it('says which data folder cannot be written', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(faultOf({ DATA_DIR: join(file, 'data') })).toContain(join(file, 'data'));
  });

  describe('outside production', () => {
    it('makes missing secrets once and keeps them for the owner alone', () => {
      const first = load();
      expect(first.accessTokenSecret.length).toBeGreaterThanOrEqual(32);
      expect(load()).toMatchObject({
        accessTokenSecret: first.accessTokenSecret,
        passwordPepper: first.passwordPepper,
        cookieSecret: first.cookieSecret,
      });
      expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    });

    it('makes each secret different', () => {
      const { accessTokenSecret, passwordPepper, cookieSecret } = load();
      expect(new Set([accessTokenSecret, passwordPepper, cookieSecret]).size).toBe(3);
    });

    it('uses the secrets that are given and keeps no copy of them', () => {
      expect(load(SECRETS).cookieSecret).toBe(SECRETS.COOKIE_SECRET);
      expect(load({ ...SECRETS, COOKIE_SECRET: '' }).accessTokenSecret).toBe(SECRETS.ACCESS_TOKEN_SECRET);
      expect(readFileSync(join(dataDir, 'secrets.json'), 'utf8')).not.toContain(SECRETS.ACCESS_TOKEN_SECRET);
    });

    it.each(['{"accessTokenSecret": "half', 'null'])('stops at a damaged file of secrets', (content) => {
      const file = join(dataDir, 'secrets.json');
      writeFileSync(file, content);
      chmodSync(file, 0o600);
      expect(faultOf({})).toContain('secrets.json is damaged');
      expect(readFileSync(file, 'utf8')).toBe(content);
    });
  });

  describe('in production', () => {
    const production = { NODE_ENV: 'production', ...SECRETS };

    it('accepts secrets of its own', () => {
      expect(load(production).isProduction).toBe(true);
    });

    it.each(Object.keys(SECRETS))('demands %s', (name) => {
      expect(faultOf({ ...production, [name]: '' })).toContain(`${name} must be set in production`);
    });

    it("refuses each of the sample file's secrets", () => {
      const sample = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
      for (const name of Object.keys(SECRETS)) {
        const value = new RegExp(`^# ${name}=(.+)$`, 'm').exec(sample)?.[1];
        expect(faultOf({ ...production, [name]: value ?? '' })).toContain(`${name} is still the sample's`);
      }
    });

    it('refuses hashes that are too cheap', () => {
      expect(faultOf({ ...production, BCRYPT_COST: '9' })).toContain('BCRYPT_COST must be at least 10');
    });
  });
});
