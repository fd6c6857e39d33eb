import {
  type OwnPresenceState,
  PRESENCE_WATCH,
  type SetPresenceRequest,
  type WatchPresenceRequest,
} from '@parlance/contracts';
import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { IsObjectId } from '../../core/validation/index.js';

export class WatchPresenceDto implements WatchPresenceRequest {
  @IsObjectId({ each: true })
  @ArrayMaxSize(PRESENCE_WATCH.maxUsers, { message: `Watch at most ${PRESENCE_WATCH.maxUsers} people.` })
  @IsArray({ message: 'This must be a list of ids.' })
  userIds: string[];
}

export class SetPresenceDto implements SetPresenceRequest {
  @IsIn(['active', 'away', 'invisible'], { message: 'Use active, away or invisible.' })
  state: OwnPresenceState;
}
