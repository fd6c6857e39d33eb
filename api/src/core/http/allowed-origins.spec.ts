import { describe, expect, it } from '@jest/globals';
import { Env } from '../config/env.js';
import { AllowedOrigins } from './allowed-origins.js';

describe('AllowedOrigins', () => {
  const listening = (settings: Partial<Env>) => {
    const origins = new AllowedOrigins(Object.assign(new Env(), settings));
    origins.listeningOn(3000);
    return origins;
  };

  it.each(['127.0.0.1', 'localhost', '0.0.0.0', '::', '::1'])('lets this machine in when it listens on %s', (host) => {
    const origins = listening({ host });
    expect(origins.includes('http://localhost:3000')).toBe(true);
    expect(origins.includes('http://127.0.0.1:3000')).toBe(true);
    expect(origins.includes('http://[::1]:3000')).toBe(true);
  });

  it.each(['http://localhost:3001', 'https://localhost:3000', 'http://evil.example', 'null', ''])(
    'keeps %p out',
    (origin) => {
      expect(listening({}).includes(origin)).toBe(false);
    },
  );

  it('lets in nothing but the public origin where there is one', () => {
    const origins = listening({ publicOrigin: 'https://Chat.Example.org:443' });
    expect(origins.includes('https://chat.example.org')).toBe(true);
    expect(origins.includes('http://localhost:3000')).toBe(false);
    expect(origins.includes('https://chat.example.org.evil.example')).toBe(false);
  });
});
