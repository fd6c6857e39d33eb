import { ApiProperty } from '@nestjs/swagger';
import { type ChangePasswordRequest, PASSWORD } from '@parlance/contracts';
import { IsString, MaxLength } from 'class-validator';

const MAX_PASSWORD_UNITS = 1_024;

export class ChangePasswordDto implements ChangePasswordRequest {
  @ApiProperty({ format: 'password' })
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_PASSWORD_UNITS, { message: 'This is too long for a password.' })
  currentPassword: string;

  @ApiProperty({ format: 'password', minLength: PASSWORD.minLength, maxLength: PASSWORD.maxLength })
  @IsString({ message: 'This must be text.' })
  newPassword: string;
}
