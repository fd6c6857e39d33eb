import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

describe('clientAddress', () => {
  const request = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

  it('believes the connection alone where there is no proxy', () => {
    expect(clientAddress(request('192.0.2.1', '198.51.100.7'), 0)).toBe('192.0.2.1');
  });

  it('takes the entry that the outermost proxy of ours has written', () => {
    expect(clientAddress(request('192.0.2.1', '203.0.113.9, 198.51.100.7'), 1)).toBe('198.51.100.7');
    expect(clientAddress(request('192.0.2.1', '203.0.113.9, 198.51.100.7, 192.0.2.2'), 2)).toBe('198.51.100.7');
  });

  it('falls back on the connection when a proxy has written too little', () => {
    expect(clientAddress(request('192.0.2.1'), 1)).toBe('192.0.2.1');
    expect(clientAddress(request('192.0.2.1', '198.51.100.7'), 2)).toBe('192.0.2.1');
  });

  it('knows an IPv4 address in the clothes of IPv6', () => {
    expect(clientAddress(request('::ffff:192.0.2.1'), 0)).toBe('192.0.2.1');
  });

  it("takes a customer's IPv6 network for one address, since each of them has billions", () => {
    expect(clientAddress(request('2001:db8:1:2:aaaa::1'), 0)).toBe('2001:db8:1:2::/64');
    expect(clientAddress(request('2001:db8:1:2::9'), 0)).toBe('2001:db8:1:2::/64');
    expect(clientAddress(request('2001:db8::1'), 0)).toBe('2001:db8:0:0::/64');
    expect(clientAddress(request('::1'), 0)).toBe('0:0:0:0::/64');
  });
});
