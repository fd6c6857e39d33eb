import type { IncomingMessage } from 'node:http';

/**
 * Address of the client. Forwarded headers count only for as many proxies as are configured: the last `hops` entries
 * were written by them, everything before could be the client's invention.
 */
export function clientAddress(request: IncomingMessage, hops: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (hops === 0) return direct;
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  return forwarded.filter(Boolean).at(-hops) ?? direct;
}
