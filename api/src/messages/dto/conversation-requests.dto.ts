import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type MarkRequest, type OpenDirectConversationRequest, PAGE } from '@parlance/contracts';
import { IsIn, IsInt, IsString, MaxLength, Min, ValidateIf } from 'class-validator';
import { IsObjectId, IsQueryInteger } from '../../core/validation/index.js';

const MAX_CURSOR_LENGTH = 128;

export class OpenConversationDto implements OpenDirectConversationRequest {
  @ApiProperty({ enum: ['direct'] })
  @IsIn(['direct'], { message: 'Only direct conversations can be opened: use "direct".' })
  kind: 'direct';

  @ApiProperty({ description: 'The other person.' })
  @IsObjectId()
  userId: string;
}

export class ConversationsQueryDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: PAGE.conversations.max,
    default: PAGE.conversations.default,
  })
  @IsQueryInteger(1, PAGE.conversations.max)
  limit?: number;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @ValidateIf((_, value) => value !== undefined)
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_CURSOR_LENGTH, { message: 'cursor|This place is not known. Begin with the first page.' })
  cursor?: string;
}

/** How far somebody has read or received. */
export class MarkDto implements MarkRequest {
  @ApiProperty()
  @IsObjectId()
  conversationId: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Clamped to `headSeq`; never moves back.' })
  @IsInt({ message: 'This must be a whole number.' })
  @Min(0, { message: 'min|Use a number from 0.' })
  seq: number;
}
