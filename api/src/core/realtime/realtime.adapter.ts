import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext, WsMessageHandler } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { ServerOptions } from 'socket.io';
import { Env } from '../config/env.js';
import { AllowedOrigins } from '../http/allowed-origins.js';
import { Broadcaster } from './broadcaster.js';
import { FastLanes } from './fast-lanes.js';
import { FlushOnce } from './flush-once.js';
import { Handshake } from './handshake.js';
import { bindHandlers } from './message-handlers.js';
import type { RealtimeServer, RealtimeSocket } from './realtime-socket.js';
import { SocketSessions } from './socket-sessions.js';

/**
 * Socket.IO as Parlance wants it. Sockets are authenticated here and not in a connection hook of a gateway, where an
 * exception would end the process; the origin is checked before there is a session object at all.
 */
export class RealtimeAdapter extends IoAdapter {
  private readonly env: Env;

  constructor(private readonly app: INestApplicationContext) {
    super(app);
    this.env = app.get(Env);
  }

  override createIOServer(port: number, options?: ServerOptions): RealtimeServer {
    const { env } = this;
    const origins = this.app.get(AllowedOrigins);
    const handshake = this.app.get(Handshake);
    // No Origin: not a browser, and then only the token counts.
    const isOurs = (origin: string | undefined) => origin === undefined || origins.includes(origin);
    const server = super.createIOServer(port, {
      ...options,
      path: '/socket.io',
      transports: ['websocket'],
      serveClient: false,
      // Texts are short: to deflate each frame took ten times the CPU of everything else.
      perMessageDeflate: false,
      maxHttpBufferSize: env.socketFrameBytes,
      pingInterval: env.socketPingSeconds * 1000,
      pingTimeout: env.socketPingTimeoutSeconds * 1000,
      connectTimeout: env.socketConnectSeconds * 1000,
      allowRequest: (request: IncomingMessage, decide: (error: string | null, allowed: boolean) => void) =>
        decide(null, isOurs(request.headers.origin) && !handshake.isFlooding(request)),
    } as ServerOptions) as RealtimeServer;
    server.engine.on('connection', handshake.opened);
    server.engine.on('connection', new FlushOnce().adopt);

    const sessions = this.app.get(SocketSessions);
    const guard = (namespace: Pick<RealtimeServer, 'use'> & { on: RealtimeServer['on'] }) => {
      namespace.use(handshake.admit);
      namespace.on('connection', sessions.adopt);
    };
    guard(server);
    server.on('new_namespace', (namespace) => guard(namespace as unknown as RealtimeServer));
    this.app.get(Broadcaster).attach(server);
    return server;
  }

  override bindMessageHandlers(socket: unknown, handlers: WsMessageHandler<string>[]): void {
    bindHandlers(socket as RealtimeSocket, handlers, this.app.get(FastLanes));
  }
}
