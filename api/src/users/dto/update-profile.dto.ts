import { ApiPropertyOptional } from '@nestjs/swagger';
import { BIO, DISPLAY_NAME, type UpdateProfileRequest } from '@parlance/contracts';
import { ValidateIf } from 'class-validator';
import { IsText } from '../../core/validation/index.js';

/** A field that may be left out, but not be `null`. */
const given = (_: object, value: unknown) => value !== undefined;

export class UpdateProfileDto implements UpdateProfileRequest {
  @ApiPropertyOptional({
    minLength: DISPLAY_NAME.minLength,
    maxLength: DISPLAY_NAME.maxLength,
    example: 'Ada Lovelace',
  })
  @ValidateIf(given)
  @IsText({ min: DISPLAY_NAME.minLength, max: DISPLAY_NAME.maxLength, trim: true, plain: true })
  displayName?: string;

  @ApiPropertyOptional({ maxLength: BIO.maxLength, description: 'Empty removes it.' })
  @ValidateIf(given)
  @IsText({ max: BIO.maxLength, trim: true, multiline: true })
  bio?: string;
}
