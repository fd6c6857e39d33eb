import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

const MAX_TOKEN_UNITS = 4_096;

/** `auth:refresh` */
export class RefreshSocketDto {
  @ApiProperty({ maxLength: MAX_TOKEN_UNITS, description: 'An access token of the same user and session.' })
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_TOKEN_UNITS, { message: 'This is too long for a token.' })
  token: string;
}
