import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { OwnUser, Page, User, UserRole } from '@parlance/contracts';

/** Shape of a person in the published OpenAPI document. */
export class UserDto implements User {
  @ApiProperty()
  id: string;

  @ApiProperty({ example: 'ada' })
  username: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  displayName: string;

  @ApiProperty({ description: "Path on this API's own origin; another picture has another path." })
  avatarUrl: string;

  @ApiPropertyOptional()
  bio?: string;
}

export class OwnUserDto extends UserDto implements OwnUser {
  @ApiProperty({ format: 'email' })
  email: string;

  @ApiProperty({ enum: ['admin', 'member'] })
  role: UserRole;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ description: 'Whether the picture is a choice or an upload, not the default.' })
  hasChosenAvatar: boolean;
}

export class UserPageDto implements Page<User> {
  @ApiProperty({ type: [UserDto] })
  items: User[];

  @ApiPropertyOptional({ description: 'Cursor of the next page; absent on the last.' })
  next?: string;
}
