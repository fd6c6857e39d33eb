import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DISPLAY_NAME, EMAIL, PASSWORD, type RegisterRequest, USERNAME } from '@parlance/contracts';
import { IsString, ValidateIf } from 'class-validator';
import { IsText } from '../../core/validation/index.js';

/** Lengths only: `users` knows what a name and an address must be, the password policy what a password must be. */
export class RegisterDto implements RegisterRequest {
  @ApiProperty({ minLength: USERNAME.minLength, maxLength: USERNAME.maxLength, example: 'sample.person' })
  @IsText({ min: USERNAME.minLength, max: USERNAME.maxLength, plain: true })
  username: string;

  @ApiProperty({ format: 'email', maxLength: EMAIL.maxLength, example: 'sample@example.test' })
  @IsText({ min: 3, max: EMAIL.maxLength, trim: true, plain: true })
  email: string;

  @ApiProperty({ format: 'password', minLength: PASSWORD.minLength, maxLength: PASSWORD.maxLength })
  @IsString({ message: 'This must be text.' })
  password: string;

  @ApiPropertyOptional({ minLength: DISPLAY_NAME.minLength, maxLength: DISPLAY_NAME.maxLength })
  @ValidateIf((_: object, value: unknown) => value !== undefined)
  @IsText({ min: DISPLAY_NAME.minLength, max: DISPLAY_NAME.maxLength, trim: true, plain: true })
  displayName?: string;
}
