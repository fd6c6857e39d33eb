import { ApiProperty } from '@nestjs/swagger';
import { EMAIL, type LoginRequest } from '@parlance/contracts';
import { IsString, MaxLength } from 'class-validator';
import { IsText } from '../../core/validation/index.js';

/** More than any password that was ever accepted; what is longer need not be hashed. */
const MAX_PASSWORD_UNITS = 1_024;

export class LoginDto implements LoginRequest {
  @ApiProperty({ description: 'Username or e-mail address.' })
  @IsText({ min: 1, max: EMAIL.maxLength, trim: true })
  identifier: string;

  @ApiProperty({ format: 'password' })
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_PASSWORD_UNITS, { message: 'This is too long for a password.' })
  password: string;
}
