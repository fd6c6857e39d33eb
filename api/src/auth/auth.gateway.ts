import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { DomainError, Unauthenticated } from '../core/errors/index.js';
import { AccessTokens, Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { RealtimeGateway, type RealtimeSocket, SocketSessions } from '../core/realtime/index.js';
import { RefreshSocketDto } from './dto/refresh-socket.dto.js';

/** Keeps a socket open over the end of its token. */
@SignedIn()
@RealtimeGateway()
export class AuthGateway {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sockets: SocketSessions,
  ) {}

  @SubscribeMessage('auth:refresh')
  async refresh(
    @Caller() caller: Identity,
    @ConnectedSocket() socket: RealtimeSocket,
    @MessageBody() { token }: RefreshSocketDto,
  ): Promise<void> {
    const next = await this.tokens.verify(token);
    if (next.userId !== caller.userId || next.sessionId !== caller.sessionId) {
      throw new DomainError(Unauthenticated, { detail: 'This token belongs to another session.' });
    }
    this.sockets.renew(socket, next);
  }
}
