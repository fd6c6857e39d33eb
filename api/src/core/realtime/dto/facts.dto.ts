import { ApiProperty } from '@nestjs/swagger';
import type { SessionEndReason, SocketFacts } from '@parlance/contracts';

/** Why a session can end, for documents; the type keeps the list complete. */
const REASONS = Object.keys({
  'signed-out': true,
  'ended-elsewhere': true,
  expired: true,
  'password-changed': true,
  'token-reused': true,
} satisfies Record<SessionEndReason, true>);

type Shape<E extends keyof SocketFacts> = SocketFacts[E];

/** Shapes of what core tells devices, in the published AsyncAPI document. */
export class SessionExpiringDto implements Shape<'session:expiring'> {
  @ApiProperty({ format: 'date-time', description: 'When the token ends.' })
  at: string;
}

export class SessionEndedDto implements Shape<'session:ended'> {
  @ApiProperty({ enum: REASONS })
  reason: SessionEndReason;
}

export class ServerDrainingDto implements Shape<'server:draining'> {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Milliseconds to wait before connecting again.' })
  retryInMs: number;
}
