import { Global, Module } from '@nestjs/common';
import { Broadcaster } from './broadcaster.js';
import { Handshake } from './handshake.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { SocketMetrics } from './socket-metrics.js';
import { SocketLimits } from './socket-limits.js';
import { SocketSessions } from './socket-sessions.js';

@Global()
@Module({
  providers: [Broadcaster, Handshake, RequestsInFlight, SocketLimits, SocketMetrics, SocketSessions],
  exports: [Broadcaster, SocketSessions],
})
export class RealtimeModule {}
