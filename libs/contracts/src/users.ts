/** What everybody signed in may know of a person. Never an e-mail. */
export interface User {
  id: string;
  username: string;
  displayName: string;
  /** Path on the API's own origin, content-addressed. */
  avatarUrl: string;
  bio?: string;
}

/** One's own profile. */
export interface OwnUser extends User {
  email: string;
  role: UserRole;
  /** ISO 8601 UTC. */
  createdAt: string;
  /** Whether the picture is a choice or an upload, rather than the default made from the id. */
  hasChosenAvatar: boolean;
}

/** The first account registered is the administrator. */
export type UserRole = 'admin' | 'member';

/** `PATCH /api/users/me` */
export interface UpdateProfileRequest {
  displayName?: string;
  bio?: string;
}

/** A generated avatar to choose from. `choice` is opaque and goes back in `PUT /api/users/me/avatar`. */
export interface AvatarChoice {
  choice: string;
  url: string;
}

/** `GET /api/avatars/choices` */
export interface AvatarChoices {
  items: AvatarChoice[];
}

/** `PUT /api/users/me/avatar` as JSON. */
export interface ChooseAvatarRequest {
  choice: string;
}
