import { ApiProperty } from '@nestjs/swagger';
import type { TypingNotice, TypingRequest } from '@parlance/contracts';
import { IsBoolean } from 'class-validator';
import { IsObjectId } from '../../core/validation/index.js';

export class TypingDto implements TypingRequest {
  @ApiProperty()
  @IsObjectId()
  conversationId: string;

  @ApiProperty()
  @IsBoolean({ message: 'This must be true or false.' })
  active: boolean;
}

/** Shape of the notice in the published AsyncAPI document. */
export class TypingNoticeDto implements TypingNotice {
  @ApiProperty()
  conversationId: string;

  @ApiProperty()
  userId: string;

  @ApiProperty()
  active: boolean;
}
