import { ApiPropertyOptional } from '@nestjs/swagger';
import { PAGE } from '@parlance/contracts';
import { IsQueryInteger } from '../../core/validation/index.js';

/** Largest `seq` and `rev` that can be asked for. */
const MAX_PLACE = 2 ** 31 - 1;

/** At most one of `before`, `after` and `around`; none gives the latest page. */
export class HistoryQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'The page that ends right before this `seq`.' })
  @IsQueryInteger(0, MAX_PLACE)
  before?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'The page that begins right after this `seq`.' })
  @IsQueryInteger(0, MAX_PLACE)
  after?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'The page with this `seq` in its middle.' })
  @IsQueryInteger(0, MAX_PLACE)
  around?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE.messages.max, default: PAGE.messages.default })
  @IsQueryInteger(1, PAGE.messages.max)
  limit?: number;
}

export class ChangesQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, default: 0, description: 'The last `rev` that is known.' })
  @IsQueryInteger(0, MAX_PLACE)
  after?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE.changes.max, default: PAGE.changes.default })
  @IsQueryInteger(1, PAGE.changes.max)
  limit?: number;
}
