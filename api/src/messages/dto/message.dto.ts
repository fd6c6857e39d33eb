import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ChangePage, Message, MessagePage } from '@parlance/contracts';

/** Shape of a message in the published documents. */
export class MessageDto implements Message {
  @ApiProperty()
  id: string;

  @ApiProperty()
  conversationId: string;

  @ApiProperty({ type: 'integer', description: 'Place in the conversation, dense from 1.' })
  seq: number;

  @ApiProperty({ type: 'integer', description: "The conversation's change counter at this message's last change." })
  rev: number;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only for the sender.' })
  clientId?: string;

  @ApiProperty()
  senderId: string;

  @ApiProperty({ example: 'text' })
  kind: string;

  @ApiProperty()
  body: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiPropertyOptional({ format: 'date-time' })
  editedAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  deletedAt?: string;

  @ApiPropertyOptional({ description: 'Id of the message that this one answers.' })
  replyTo?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Parts of extensions, by their ids.',
  })
  ext?: Record<string, unknown>;
}

export class MessagePageDto implements MessagePage {
  @ApiProperty({ type: [MessageDto], description: 'Ascending by `seq`.' })
  items: Message[];

  @ApiProperty({ type: 'integer' })
  headSeq: number;

  @ApiProperty({ type: 'integer' })
  headRev: number;
}

export class ChangePageDto implements ChangePage {
  @ApiProperty({ type: [MessageDto], description: 'Ascending by `rev`.' })
  items: Message[];

  @ApiProperty({ type: 'integer', description: 'The `rev` to continue from.' })
  rev: number;

  @ApiProperty()
  more: boolean;

  @ApiPropertyOptional({ enum: [true], description: 'Too far behind: load the latest page instead.' })
  reset?: true;
}
