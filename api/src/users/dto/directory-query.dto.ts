import { ApiPropertyOptional } from '@nestjs/swagger';
import { DIRECTORY_QUERY, PAGE } from '@parlance/contracts';
import { IsString, MaxLength, ValidateIf } from 'class-validator';
import { IsQueryInteger, IsText } from '../../core/validation/index.js';

const MAX_CURSOR_LENGTH = 512;

const given = (_: object, value: unknown) => value !== undefined;

export class DirectoryQueryDto {
  @ApiPropertyOptional({
    maxLength: DIRECTORY_QUERY.maxLength,
    description: 'Beginning of a username or of any word of a display name; case and accents do not matter.',
  })
  @ValidateIf(given)
  @IsText({ max: DIRECTORY_QUERY.maxLength })
  query?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE.users.max, default: PAGE.users.default })
  @IsQueryInteger(1, PAGE.users.max)
  limit?: number;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @ValidateIf(given)
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_CURSOR_LENGTH, { message: 'This place is not known. Begin with the first page.' })
  cursor?: string;
}
