import { ApiProperty } from '@nestjs/swagger';
import { PROTOCOL_VERSION, type SocketHandshake } from '@parlance/contracts';

/** Shape of the handshake in the published AsyncAPI document. */
export class SocketHandshakeDto implements SocketHandshake {
  @ApiProperty({ description: 'The access token.' })
  token: string;

  @ApiProperty({ type: 'integer', enum: [PROTOCOL_VERSION], description: 'Any other is refused: `upgrade-required`.' })
  protocol: number;
}
