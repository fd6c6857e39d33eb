import { IsString, MaxLength } from 'class-validator';

const MAX_TOKEN_UNITS = 4_096;

/** `auth:refresh` */
export class RefreshSocketDto {
  @IsString({ message: 'This must be text.' })
  @MaxLength(MAX_TOKEN_UNITS, { message: 'This is too long for a token.' })
  token: string;
}
