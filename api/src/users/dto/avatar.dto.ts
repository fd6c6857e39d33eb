import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type AvatarChoice, type AvatarChoices, PAGE } from '@parlance/contracts';
import { IsString, MaxLength, ValidateIf } from 'class-validator';
import { IsQueryInteger } from '../../core/validation/index.js';

const MAX_CHOICE_LENGTH = 64;
const MAX_PAGE = 1_000;

export class AvatarChoicesQueryDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: PAGE.avatarChoices.max,
    default: PAGE.avatarChoices.default,
  })
  @IsQueryInteger(1, PAGE.avatarChoices.max)
  count?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_PAGE, default: 0 })
  @IsQueryInteger(0, MAX_PAGE)
  page?: number;
}

/** A choice as JSON. With a picture in a multipart body it is left out. */
export class SetAvatarDto {
  @ApiPropertyOptional({ description: 'One of the choices offered.' })
  @ValidateIf((_, value) => value !== undefined)
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_CHOICE_LENGTH, { message: 'Choose one of the pictures that are offered.' })
  choice?: string;
}

export class AvatarChoiceDto implements AvatarChoice {
  @ApiProperty({ description: 'Opaque; goes back in `PUT /api/users/me/avatar`.' })
  choice: string;

  @ApiProperty()
  url: string;
}

export class AvatarChoicesDto implements AvatarChoices {
  @ApiProperty({ type: [AvatarChoiceDto] })
  items: AvatarChoice[];
}
