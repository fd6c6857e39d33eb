import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type DeleteMessageRequest,
  type EditMessageRequest,
  MESSAGE_BODY,
  type PostMessageRequest,
  type SendMessageRequest,
} from '@parlance/contracts';
import { IsUUID, ValidateIf } from 'class-validator';
import { IsObjectId, IsText } from '../../core/validation/index.js';

/** A field that may be left out, but not be `null`. */
const given = (_: object, value: unknown) => value !== undefined;

/** The text of a message. */
const IsBody = () =>
  IsText({
    min: MESSAGE_BODY.minCodePoints,
    max: MESSAGE_BODY.maxCodePoints,
    maxBytes: MESSAGE_BODY.maxBytes,
    multiline: true,
  });

/** A message over HTTP. */
export class PostMessageDto implements PostMessageRequest {
  @ApiProperty({ format: 'uuid', description: 'The same one again gives the first message back.' })
  @IsUUID(undefined, { message: 'uuid|This must be a UUID.' })
  clientId: string;

  @ApiProperty({
    minLength: MESSAGE_BODY.minCodePoints,
    maxLength: MESSAGE_BODY.maxCodePoints,
    description: `Plain text of at most ${MESSAGE_BODY.maxBytes} bytes.`,
    example: 'Good morning!',
  })
  @IsBody()
  body: string;

  @ApiPropertyOptional({ description: 'Id of the message in the same conversation that this one answers.' })
  @ValidateIf(given)
  @IsObjectId()
  replyTo?: string;
}

/** A message over the socket. */
export class SendMessageDto extends PostMessageDto implements SendMessageRequest {
  @IsObjectId()
  conversationId: string;
}

/** Another text for a message. */
export class EditMessageDto implements EditMessageRequest {
  @IsObjectId()
  messageId: string;

  @IsBody()
  body: string;
}

/** A message that is to lose its text. */
export class DeleteMessageDto implements DeleteMessageRequest {
  @IsObjectId()
  messageId: string;
}
