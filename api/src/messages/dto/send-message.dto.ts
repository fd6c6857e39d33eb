import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type DeleteMessageRequest,
  type EditMessageRequest,
  MESSAGE_BODY,
  type PostMessageRequest,
  type SendMessageRequest,
} from '@parlance/contracts';
import { IsUUID, isUUID, ValidateIf } from 'class-validator';
import {
  checkQuickly,
  IsObjectId,
  IsText,
  objectIdOf,
  REFUSED,
  textOf,
  type TextRules,
} from '../../core/validation/index.js';

/** A field that may be left out, but not be `null`. */
const given = (_: object, value: unknown) => value !== undefined;

const BODY: TextRules = {
  min: MESSAGE_BODY.minCodePoints,
  max: MESSAGE_BODY.maxCodePoints,
  maxBytes: MESSAGE_BODY.maxBytes,
  multiline: true,
};

/** The text of a message. */
const IsBody = () =>
  applyDecorators(
    ApiProperty({
      minLength: MESSAGE_BODY.minCodePoints,
      maxLength: MESSAGE_BODY.maxCodePoints,
      description: `Plain text of at most ${MESSAGE_BODY.maxBytes} bytes.`,
      example: 'Good morning!',
    }),
    IsText(BODY),
  );

/** A message over HTTP. */
export class PostMessageDto implements PostMessageRequest {
  @ApiProperty({ format: 'uuid', description: 'The same one again gives the first message back.' })
  @IsUUID(undefined, { message: 'uuid|This must be a UUID.' })
  clientId: string;

  @IsBody()
  body: string;

  @ApiPropertyOptional({ description: 'Id of the message in the same conversation that this one answers.' })
  @ValidateIf(given)
  @IsObjectId()
  replyTo?: string;
}

/** A message over the socket. */
export class SendMessageDto extends PostMessageDto implements SendMessageRequest {
  @ApiProperty()
  @IsObjectId()
  conversationId: string;
}

// Of all that devices send, this comes most often.
checkQuickly(SendMessageDto, {
  conversationId: objectIdOf,
  clientId: (value) => (isUUID(value) ? value : REFUSED),
  body: textOf(BODY),
  replyTo: (value) => (value === undefined ? value : objectIdOf(value)),
});

/** Another text for a message. */
export class EditMessageDto implements EditMessageRequest {
  @ApiProperty()
  @IsObjectId()
  messageId: string;

  @IsBody()
  body: string;
}

/** A message that is to lose its text. */
export class DeleteMessageDto implements DeleteMessageRequest {
  @ApiProperty()
  @IsObjectId()
  messageId: string;
}
