import type { Conversation, SocketFactName, SocketFacts, User, UserPresence } from '@parlance/contracts';
import type { Chance } from './chance';
import { ada, ben } from './fixtures';
import { ModelConversation } from './model-conversation';

/** Facts that carry no state: what they tell is over in a moment, or is about the connection itself. */
type Passing = 'typing' | 'session:expiring' | 'session:ended' | 'server:draining';
type StateFact = Exclude<SocketFactName, Passing>;
/** What a server tells one of its people unasked, of everything that a snapshot would have as well. */
export type ModelFact = { [E in StateFact]: { readonly event: E; readonly fact: SocketFacts[E] } }[StateFact];

export const cleo: User = { id: 'cleo', username: 'cleo', displayName: 'Cleo', avatarUrl: '/api/avatars/cleo' };
const STATES = ['active', 'away', 'offline'] as const;

/** What the server does not know, or does not show to this viewer. */
export class NotFound extends Error {}

/** A server with three people and three conversations, as one of them is told of it; nothing goes wrong in it. */
export class ServerModel {
  private readonly users = new Map<string, User>([ada, ben, cleo].map((user) => [user.id, user]));
  private readonly states = new Map<string, UserPresence['state']>();
  private readonly all = new Map<string, ModelConversation>();

  constructor(readonly viewerId: string = ada.id) {
    for (const [id, members] of [
      ['c1', [ada, ben]],
      ['c2', [ada, cleo]],
      ['c3', [ada, ben, cleo]],
    ] as const) {
      this.all.set(id, new ModelConversation(id, new Set(members.map((user) => user.id))));
    }
  }

  /** Those that the viewer may see. */
  get conversations(): ModelConversation[] {
    return [...this.all.values()].filter(({ memberIds }) => memberIds.has(this.viewerId));
  }

  /** Throws `NotFound` for what the viewer may not see. */
  conversation(id: string): ModelConversation {
    const found = this.conversations.find((one) => one.id === id);
    if (!found) throw new NotFound();
    return found;
  }

  snapshot(id: string): Conversation {
    return this.conversation(id).snapshot(this.viewerId, (userId) => this.userOf(userId));
  }

  snapshots(): Conversation[] {
    return this.conversations.map(({ id }) => this.snapshot(id));
  }

  presences(userIds: readonly string[]): UserPresence[] {
    return userIds.map((userId) => ({ userId, state: this.states.get(userId) ?? 'offline' }));
  }

  heads(): ModelFact {
    return { event: 'heads', fact: Object.fromEntries(this.conversations.map(({ id, headRev }) => [id, headRev])) };
  }

  /** Something happens: what the viewer is told of it, if anything. */
  happening(chance: Chance): ModelFact[] {
    const kind = chance.below(20);
    if (kind === 0) return this.rename(chance.of([...this.users.keys()]), `Name ${chance.below(1_000)}`);
    if (kind === 1) return this.appear(chance.of([...this.users.keys()]), chance.of(STATES));
    if (kind === 2) return [this.heads()];
    if (kind === 3) return this.comeOrGo('c3', chance.of([...this.users.keys()]));
    return this.happeningIn(chance.of([...this.all.values()]), kind, chance);
  }

  private happeningIn(conversation: ModelConversation, kind: number, chance: Chance): ModelFact[] {
    const somebody = [...conversation.memberIds];
    if (somebody.length === 0) return [];
    const userId = chance.of(somebody);
    const seq = 1 + chance.below(conversation.headSeq || 1);
    if (kind < 12 || conversation.headSeq === 0)
      return this.told(conversation, { event: 'message:created', fact: conversation.write(userId) });
    if (kind < 14) return this.told(conversation, { event: 'message:updated', fact: conversation.edit(seq) });
    if (kind < 15) return this.told(conversation, { event: 'message:updated', fact: conversation.delete(seq) });
    const marker = conversation.mark(userId, kind < 18 ? 'read' : 'delivered', seq);
    return this.told(conversation, { event: 'conversation:marker', fact: marker });
  }

  private rename(userId: string, displayName: string): ModelFact[] {
    const user = { ...this.userOf(userId), displayName };
    this.users.set(userId, user);
    const isShared = this.conversations.some(({ memberIds }) => memberIds.has(userId));
    return isShared ? [{ event: 'user:updated', fact: user }] : [];
  }

  private appear(userId: string, state: UserPresence['state']): ModelFact[] {
    this.states.set(userId, state);
    return [{ event: 'presence:changed', fact: { userId, state } }];
  }

  private comeOrGo(id: string, userId: string): ModelFact[] {
    const conversation = this.all.get(id);
    if (!conversation) throw new NotFound();
    const { memberIds } = conversation;
    const isViewer = userId === this.viewerId;
    if (memberIds.has(userId)) {
      conversation.leave(userId);
      if (isViewer) return [{ event: 'conversation:removed', fact: { id } }];
    } else {
      conversation.join(userId);
      if (isViewer) return [{ event: 'conversation:created', fact: this.snapshot(id) }];
    }
    return memberIds.has(this.viewerId) ? [{ event: 'conversation:updated', fact: this.snapshot(id) }] : [];
  }

  private told({ memberIds }: ModelConversation, fact: ModelFact): ModelFact[] {
    return memberIds.has(this.viewerId) ? [fact] : [];
  }

  private userOf(id: string): User {
    const user = this.users.get(id);
    if (!user) throw new NotFound();
    return user;
  }
}
