import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { AuthPolicy, DeviceSession, OwnUser, SessionGrant } from '@parlance/contracts';

/** Answers as OpenAPI shows them; the contract has their types. */
export class SessionGrantDto implements SessionGrant {
  @ApiProperty({ description: 'JWT, for `Authorization: Bearer` and the socket.' })
  accessToken: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt: string;

  /** By name: `users` publishes the schema. */
  @ApiProperty({ allOf: [{ $ref: getSchemaPath('OwnUserDto') }] })
  user: OwnUser;
}

export class DeviceSessionDto implements DeviceSession {
  @ApiProperty()
  id: string;

  @ApiProperty({ example: 'Firefox on Linux' })
  device: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  lastSeenAt: string;

  @ApiProperty({ description: 'Whether it is the session that asks.' })
  current: boolean;
}

class PasswordLengthsDto {
  @ApiProperty()
  minLength: number;

  @ApiProperty()
  maxLength: number;
}

export class AuthPolicyDto implements AuthPolicy {
  @ApiProperty({ type: PasswordLengthsDto })
  password: PasswordLengthsDto;

  @ApiProperty({ enum: ['open', 'closed', 'invite'] })
  signup: AuthPolicy['signup'];
}
