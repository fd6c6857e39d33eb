import type { Conversation, User } from '@parlance/contracts';

/** The other person of a direct conversation; somebody of a group, for its picture. */
export function partnerOf(conversation: Conversation, ownId: string): User | undefined {
  return (conversation.members.find(({ user }) => user.id !== ownId) ?? conversation.members[0])?.user;
}

/** What a conversation is called: the other person's name, or the title of the group. */
export function titleOf(conversation: Conversation, ownId: string): string {
  return conversation.title ?? partnerOf(conversation, ownId)?.displayName ?? 'Conversation';
}
