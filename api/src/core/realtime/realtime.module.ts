import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SocketSurface } from './async-api/socket-surface.js';
import { Broadcaster } from './broadcaster.js';
import { FastLanes } from './fast-lanes.js';
import { GatewayAudit } from './gateway-audit.js';
import { Handshake } from './handshake.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { SocketMetrics } from './socket-metrics.js';
import { SocketLimits } from './socket-limits.js';
import { SocketSessions } from './socket-sessions.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    Broadcaster,
    FastLanes,
    GatewayAudit,
    Handshake,
    RequestsInFlight,
    SocketLimits,
    SocketMetrics,
    SocketSessions,
    SocketSurface,
  ],
  exports: [Broadcaster, FastLanes, SocketSessions],
})
export class RealtimeModule {}
