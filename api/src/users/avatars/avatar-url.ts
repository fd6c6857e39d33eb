import type { StoredAvatar } from '../user.schema.js';
import { choiceOf, defaultAvatar, pictureIdOf } from './generated-avatar.js';

/** Path of a picture by its id. */
export const pictureUrl = (pictureId: string) => `/api/avatars/${pictureId}`;

/** Path of what a person shows: the picture that was set, else the default made from the id. */
export function avatarUrl(userId: string, avatar: StoredAvatar | undefined): string {
  if (avatar && 'picture' in avatar) return pictureUrl(avatar.picture);
  return pictureUrl(pictureIdOf(avatar ? avatar.choice : choiceOf(defaultAvatar(userId))));
}
