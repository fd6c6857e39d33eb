import type { Conversation, User } from '@parlance/contracts';

/**
 * Each person in the latest state that was told. A profile has no counter, so its order is that of learning: a fact is as of
 * the moment in which it came, an answer as of the one in which it was asked for, and what is as of later counts.
 */
export class KnownUsers {
  private readonly known = new Map<string, { readonly user: User; readonly asOf: number }>();

  learn(user: User, asOf: number): void {
    const before = this.known.get(user.id);
    if (before && before.asOf > asOf) return;
    // The very same object where nothing has changed, so that nothing is drawn again.
    this.known.set(user.id, { user: before && isSame(before.user, user) ? before.user : user, asOf });
  }

  /** The conversation with its members as they are known; the same object when it has them so already. */
  withMembers(conversation: Conversation): Conversation {
    const users = conversation.members.map(({ user }) => this.known.get(user.id)?.user ?? user);
    if (conversation.members.every(({ user }, index) => user === users[index])) return conversation;
    const members = conversation.members.map((member, index) => ({ ...member, user: users[index] ?? member.user }));
    return { ...conversation, members };
  }

  clear(): void {
    this.known.clear();
  }
}

function isSame(one: User, other: User): boolean {
  return (
    one.username === other.username &&
    one.displayName === other.displayName &&
    one.avatarUrl === other.avatarUrl &&
    one.bio === other.bio
  );
}
