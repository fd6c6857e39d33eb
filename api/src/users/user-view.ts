import type { OwnUser, User } from '@parlance/contracts';
import { avatarUrl } from './avatars/avatar-url.js';
import type { UserRecord } from './user.schema.js';

/** What everybody may know. Fields are named one by one, so that a new one in the record is not told by accident. */
export function toUser(record: UserRecord): User {
  return {
    id: record._id.toHexString(),
    username: record.username,
    displayName: record.displayName,
    avatarUrl: avatarUrl(record._id.toHexString(), record.avatar),
    ...(record.bio !== undefined && { bio: record.bio }),
  };
}

/** What only the person may know. */
export function toOwnUser(record: UserRecord): OwnUser {
  return {
    ...toUser(record),
    email: record.email,
    role: record.role,
    createdAt: record.createdAt.toISOString(),
    hasChosenAvatar: record.avatar !== undefined,
  };
}
