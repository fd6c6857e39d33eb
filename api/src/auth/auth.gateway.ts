import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { AccessTokens, SignedIn } from '../core/identity/index.js';
import { RealtimeGateway, type RealtimeSocket, SocketOperation, SocketSessions } from '../core/realtime/index.js';
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
  @SocketOperation({ summary: 'Keeps the socket open over the end of its token.' })
  refresh(@ConnectedSocket() socket: RealtimeSocket, @MessageBody() { token }: RefreshSocketDto): void {
    this.sockets.renew(socket, this.tokens.verify(token));
  }
}
