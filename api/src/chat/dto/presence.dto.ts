import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type OwnPresenceState,
  PRESENCE_WATCH,
  type PresenceState,
  type SetPresenceRequest,
  type UserPresence,
  type WatchPresenceRequest,
} from '@parlance/contracts';
import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { IsObjectId } from '../../core/validation/index.js';

const OWN_STATES = ['active', 'away', 'invisible'] satisfies OwnPresenceState[];

export class WatchPresenceDto implements WatchPresenceRequest {
  @ApiProperty({ type: [String], maxItems: PRESENCE_WATCH.maxUsers, description: 'Replaces the last list.' })
  @IsObjectId({ each: true })
  @ArrayMaxSize(PRESENCE_WATCH.maxUsers, { message: `Watch at most ${PRESENCE_WATCH.maxUsers} people.` })
  @IsArray({ message: 'This must be a list of ids.' })
  userIds: string[];
}

export class SetPresenceDto implements SetPresenceRequest {
  @ApiProperty({ enum: OWN_STATES, description: '`invisible` is seen as `offline`.' })
  @IsIn(OWN_STATES, { message: 'Use active, away or invisible.' })
  state: OwnPresenceState;
}

/** Shape of somebody's presence in the published AsyncAPI document. */
export class UserPresenceDto implements UserPresence {
  @ApiProperty()
  userId: string;

  @ApiProperty({ enum: ['active', 'away', 'offline'] satisfies PresenceState[] })
  state: PresenceState;

  @ApiPropertyOptional({ format: 'date-time', description: 'When the last device left; absent while online.' })
  lastSeenAt?: string;
}
