import { Controller, Get, Global, Injectable, Module, Post, Body } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsOptional } from 'class-validator';
import { type Observable, throwError } from 'rxjs';
import { ConfigModule } from '../../src/core/config/config.module.js';
import { defineProblem, DomainError } from '../../src/core/errors/index.js';
import { EventsModule } from '../../src/core/events/events.module.js';
import { OnDomainEvent } from '../../src/core/events/index.js';
import { HttpModule } from '../../src/core/http/http.module.js';
import { IdentityModule } from '../../src/core/identity/identity.module.js';
import {
  AccessTokens,
  AdminOnly,
  Caller,
  type Identity,
  Public,
  SessionDirectory,
  SignedIn,
} from '../../src/core/identity/index.js';
import {
  RealtimeGateway,
  type RealtimeSocket,
  SocketDisconnected,
  SocketSessions,
} from '../../src/core/realtime/index.js';
import { MetricsModule } from '../../src/core/metrics/metrics.module.js';
import { RealtimeModule } from '../../src/core/realtime/realtime.module.js';
import { IsText } from '../../src/core/validation/index.js';

/** A domain as small as can be, on the real core: what core promises to every domain is tested on it. */

const OutOfTea = defineProblem('out-of-tea', 409, 'There is no tea left.');

class EchoDto {
  @IsText({ min: 1, max: 1_000 })
  text: string;

  /** Anything: how deep it may nest is no matter of this class. */
  @IsOptional()
  extra?: unknown;
}

/** A promise that is kept from outside. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** Sessions stand until a test ends them. */
@Injectable()
export class ProbeSessions extends SessionDirectory {
  readonly ended = new Set<string>();

  isLive(sessionId: string): Promise<boolean> {
    return Promise.resolve(!this.ended.has(sessionId));
  }
}

/** What the probe's handlers have seen, and what holds them up. */
@Injectable()
export class ProbeState {
  readonly reached = new Gate();
  readonly released = new Gate();
  readonly left: string[] = [];
  private readonly waiting = new Map<string, () => void>();

  /** Resolves when this socket is gone. */
  gone(socketId: string): Promise<void> {
    if (this.left.includes(socketId)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(socketId, resolve));
  }

  @OnDomainEvent(SocketDisconnected)
  onDisconnected({ socketId }: SocketDisconnected): void {
    this.left.push(socketId);
    this.waiting.get(socketId)?.();
  }
}

@SignedIn()
@RealtimeGateway()
export class ProbeGateway {
  constructor(
    private readonly state: ProbeState,
    private readonly tokens: AccessTokens,
    private readonly sessions: SocketSessions,
  ) {}

  @SubscribeMessage('probe:renew')
  renew(@MessageBody() { text }: EchoDto, @ConnectedSocket() socket: RealtimeSocket): void {
    this.sessions.renew(socket, this.tokens.verify(text));
  }

  @SubscribeMessage('probe:echo')
  echo(@MessageBody() dto: EchoDto): { text: string } {
    return { text: dto.text };
  }

  @SubscribeMessage('probe:whoami')
  whoami(@Caller() caller: Identity, @ConnectedSocket() socket: RealtimeSocket): { userId: string; socketId: string } {
    return { userId: caller.userId, socketId: socket.id };
  }

  @SubscribeMessage('probe:kept')
  kept(@ConnectedSocket() { handshake, request: { headers, rawHeaders } }: RealtimeSocket): unknown {
    return { handshake, headers, rawHeaders };
  }

  @SubscribeMessage('probe:void')
  nothing(): void {}

  @SubscribeMessage('probe:refuse')
  refuse(): never {
    throw new DomainError(OutOfTea, { detail: 'Ask again tomorrow.' });
  }

  @SubscribeMessage('probe:break')
  async break(): Promise<never> {
    await Promise.resolve();
    throw new Error('secret of the database');
  }

  @SubscribeMessage('probe:break-oddly')
  breakOddly(): Observable<never> {
    // A stream that fails with nothing at all, as a careless library may.
    return throwError(() => undefined);
  }

  @AdminOnly()
  @SubscribeMessage('probe:admin')
  admin(): string {
    return 'for administrators';
  }

  @SubscribeMessage('probe:slow')
  async slow(): Promise<string> {
    this.state.reached.open();
    await this.state.released.opened;
    return 'done';
  }
}

@ApiExcludeController()
@Controller('probe')
export class ProbeController {
  @Public()
  @Post('echo')
  echo(@Body() dto: EchoDto): { text: string } {
    return { text: dto.text };
  }

  @SignedIn()
  @Get('whoami')
  whoami(@Caller() caller: Identity): { userId: string } {
    return { userId: caller.userId };
  }

  @AdminOnly()
  @Get('admin')
  admin(): string {
    return 'for administrators';
  }

  @Public()
  @Get('break')
  break(): never {
    throw new Error('secret of the database');
  }
}

@Global()
@Module({
  providers: [{ provide: SessionDirectory, useClass: ProbeSessions }, ProbeState],
  exports: [SessionDirectory, ProbeState],
})
class ProbeSessionsModule {}

/** Core without a database, and the probe on top. */
@Module({
  imports: [ConfigModule, MetricsModule, EventsModule, ProbeSessionsModule, IdentityModule, HttpModule, RealtimeModule],
  controllers: [ProbeController],
  providers: [ProbeGateway],
})
export class ProbeModule {}
