import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { PAGE } from '@parlance/contracts';
import type {
  ChangePage,
  Conversation,
  Message,
  MessagePage,
  OpenDirectConversationRequest,
  Page,
} from '@parlance/contracts';
import { firstValueFrom, type Observable, timeout } from 'rxjs';
import { toProblem } from '../core/problem/problem';
import type { HistorySource } from './sync/history-source';

/** After this many milliseconds without an answer a request counts as lost: a dead network tells nobody. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Conversations and their history over HTTP. Every method rejects with what `toProblem` understands. */
@Injectable({ providedIn: 'root' })
export class ConversationApi implements HistorySource {
  private readonly http = inject(HttpClient);

  /** A page of the caller's conversations, newest activity first. */
  list(cursor?: string): Promise<Page<Conversation>> {
    return answered(this.http.get<Page<Conversation>>('/api/conversations', { params: cursor ? { cursor } : {} }));
  }

  get(conversationId: string): Promise<Conversation> {
    return answered(this.http.get<Conversation>(this.path(conversationId)));
  }

  /** The conversation with this person, made when there is none yet. */
  openDirect(userId: string): Promise<Conversation> {
    const request: OpenDirectConversationRequest = { kind: 'direct', userId };
    return answered(this.http.post<Conversation>('/api/conversations', request));
  }

  /** One message of a conversation. */
  message(conversationId: string, messageId: string): Promise<Message> {
    return answered(this.http.get<Message>(`${this.path(conversationId)}/messages/${encodeURIComponent(messageId)}`));
  }

  latest(conversationId: string): Promise<MessagePage> {
    return answered(this.http.get<MessagePage>(`${this.path(conversationId)}/messages`));
  }

  before(conversationId: string, seq: number): Promise<MessagePage> {
    return this.page(conversationId, { before: seq });
  }

  after(conversationId: string, seq: number): Promise<MessagePage> {
    return this.page(conversationId, { after: seq });
  }

  around(conversationId: string, seq: number): Promise<MessagePage> {
    return this.page(conversationId, { around: seq });
  }

  changes(conversationId: string, rev: number): Promise<ChangePage> {
    return answered(this.http.get<ChangePage>(`${this.path(conversationId)}/changes`, { params: { after: rev } }));
  }

  describe(error: unknown) {
    return toProblem(error);
  }

  private page(conversationId: string, place: Record<string, number>): Promise<MessagePage> {
    const params = { ...place, limit: PAGE.messages.max };
    return answered(this.http.get<MessagePage>(`${this.path(conversationId)}/messages`, { params }));
  }

  private path(conversationId: string): string {
    return `/api/conversations/${encodeURIComponent(conversationId)}`;
  }
}

function answered<T>(request: Observable<T>): Promise<T> {
  return firstValueFrom(request.pipe(timeout(ANSWER_TIMEOUT_MS)));
}
