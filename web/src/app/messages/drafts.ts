import { DOCUMENT } from '@angular/common';
import {
  DestroyRef,
  Injectable,
  type WritableSignal,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Subscription, fromEvent, merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { LocalTexts } from '../core/storage/local-texts';
import { CLOCK } from '../core/clock/clock-token';

/** Typing is stored when it pauses for this long, and when the page goes away; in milliseconds. */
export const DRAFT_DEBOUNCE_MS = 400;

/**
 * What was typed and not yet sent, and what it answers, per conversation and user; survives a reload, a crash of the page
 * and its closing. A tab follows what another one stores, but for the one that has the focus: nothing changes under the
 * hands of whoever types.
 */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private readonly clock = inject(CLOCK);
  private readonly document = inject(DOCUMENT);
  private readonly stored = inject(LocalTexts);
  private readonly session = inject(Session);
  private readonly ownId = computed(() => this.session.user()?.id);
  private readonly texts = signal<ReadonlyMap<string, string>>(new Map());
  private readonly answers = signal<ReadonlyMap<string, string>>(new Map());
  private readonly dirty = new Set<string>();
  private owner: string | undefined;
  private cancelTimer: (() => void) | undefined;
  private following = new Subscription();

  constructor() {
    const { document } = this;
    this.startFor(untracked(this.ownId));
    inject(DestroyRef).onDestroy(() => this.following.unsubscribe());
    effect(() => {
      const id = this.ownId();
      untracked(() => this.startFor(id));
    });
    const window = document.defaultView;
    merge(fromEvent(document, 'visibilitychange'), ...(window ? [fromEvent(window, 'pagehide')] : []))
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.flush());
  }

  /** The draft of a conversation, empty when there is none, as a signal read. */
  text(conversationId: string): string {
    return this.texts().get(conversationId) ?? '';
  }

  /** Takes the draft over at once and stores it when the typing pauses. An empty text ends it. */
  set(conversationId: string, text: string): void {
    if (this.text(conversationId) === text) return;
    this.put(this.texts, conversationId, text);
    this.dirty.add(conversationId);
    this.cancelTimer?.();
    this.cancelTimer = this.clock.schedule(DRAFT_DEBOUNCE_MS, () => this.flush());
  }

  /** Id of the message that the draft answers, if it answers one, as a signal read. */
  answerTo(conversationId: string): string | undefined {
    return this.answers().get(conversationId);
  }

  /** The draft answers this message from now on, or none. */
  setAnswerTo(conversationId: string, messageId: string | undefined): void {
    if (this.answerTo(conversationId) === messageId) return;
    this.put(this.answers, conversationId, messageId ?? '');
    if (this.owner !== undefined) this.stored.set(this.owner, 'answer', conversationId, messageId ?? '');
  }

  /** Stores what is not stored yet. */
  flush(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const { owner } = this;
    if (owner === undefined) return;
    for (const conversationId of this.dirty) this.stored.set(owner, 'draft', conversationId, this.text(conversationId));
    this.dirty.clear();
  }

  private startFor(userId: string | undefined): void {
    if (userId === this.owner) return;
    this.cancelTimer?.();
    this.dirty.clear();
    this.owner = userId;
    this.texts.set(new Map(userId === undefined ? [] : this.stored.all(userId, 'draft')));
    this.answers.set(new Map(userId === undefined ? [] : this.stored.all(userId, 'answer')));
    this.follow(userId);
  }

  private follow(userId: string | undefined): void {
    this.following.unsubscribe();
    this.following = new Subscription();
    if (userId === undefined) return;
    const texts = this.stored.changedElsewhere(userId, 'draft').subscribe(([conversationId, text]) => {
      if (!this.document.hasFocus() && !this.dirty.has(conversationId)) this.put(this.texts, conversationId, text);
    });
    const answers = this.stored.changedElsewhere(userId, 'answer').subscribe(([conversationId, id]) => {
      if (!this.document.hasFocus()) this.put(this.answers, conversationId, id);
    });
    this.following.add(texts);
    this.following.add(answers);
  }

  private put(all: WritableSignal<ReadonlyMap<string, string>>, conversationId: string, text: string): void {
    const changed = new Map(all());
    if (text) changed.set(conversationId, text);
    else changed.delete(conversationId);
    all.set(changed);
  }
}
