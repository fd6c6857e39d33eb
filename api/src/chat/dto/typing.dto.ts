import type { TypingRequest } from '@parlance/contracts';
import { IsBoolean } from 'class-validator';
import { IsObjectId } from '../../core/validation/index.js';

export class TypingDto implements TypingRequest {
  @IsObjectId()
  conversationId: string;

  @IsBoolean({ message: 'This must be true or false.' })
  active: boolean;
}
