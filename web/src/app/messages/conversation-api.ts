import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import type { ChangePage, Conversation, MessagePage, OpenDirectConversationRequest, Page } from '@parlance/contracts';
import { firstValueFrom } from 'rxjs';
import { toProblem } from '../core/problem/problem';
import type { HistorySource } from './sync/conversation-sync';

/** Conversations and their history over HTTP. Every method rejects with what `toProblem` understands. */
@Injectable({ providedIn: 'root' })
export class ConversationApi implements HistorySource {
  private readonly http = inject(HttpClient);

  /** A page of the caller's conversations, newest activity first. */
  list(cursor?: string): Promise<Page<Conversation>> {
    return firstValueFrom(
      this.http.get<Page<Conversation>>('/api/conversations', { params: cursor ? { cursor } : {} }),
    );
  }

  get(conversationId: string): Promise<Conversation> {
    return firstValueFrom(this.http.get<Conversation>(this.path(conversationId)));
  }

  /** The conversation with this person, made when there is none yet. */
  openDirect(userId: string): Promise<Conversation> {
    const request: OpenDirectConversationRequest = { kind: 'direct', userId };
    return firstValueFrom(this.http.post<Conversation>('/api/conversations', request));
  }

  latest(conversationId: string): Promise<MessagePage> {
    return firstValueFrom(this.http.get<MessagePage>(`${this.path(conversationId)}/messages`));
  }

  before(conversationId: string, seq: number): Promise<MessagePage> {
    return firstValueFrom(
      this.http.get<MessagePage>(`${this.path(conversationId)}/messages`, { params: { before: seq } }),
    );
  }

  changes(conversationId: string, rev: number): Promise<ChangePage> {
    return firstValueFrom(
      this.http.get<ChangePage>(`${this.path(conversationId)}/changes`, { params: { after: rev } }),
    );
  }

  describe(error: unknown) {
    return toProblem(error);
  }

  private path(conversationId: string): string {
    return `/api/conversations/${encodeURIComponent(conversationId)}`;
  }
}
