import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';

/** A host name or address as it stands in a URL: IPv6 in brackets. */
const hostInUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Where people reach a server that listens on this: one that listens everywhere, on their own machine. */
export function addressOf(host: string, port: number): string {
  return `http://${hostInUrl(['0.0.0.0', '::'].includes(host) ? 'localhost' : host)}:${port}`;
}

/** Origins that the client is served from: the only ones whose browsers may use cookies and sockets here. */
@Injectable()
export class AllowedOrigins {
  private readonly origins = new Set<string>();

  constructor(private readonly env: Env) {
    if (env.publicOrigin) this.origins.add(new URL(env.publicOrigin).origin);
  }

  /** Called once the port is known. Without a `PUBLIC_ORIGIN` the server is reached where it listens. */
  listeningOn(port: number): void {
    if (this.env.publicOrigin) return;
    for (const host of new Set([hostInUrl(this.env.host), 'localhost', '127.0.0.1', '[::1]'])) {
      this.origins.add(new URL(`http://${host}:${port}`).origin);
    }
  }

  includes(origin: string): boolean {
    return this.origins.has(origin);
  }
}
