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
import { type Observable, Subject, Subscription, fromEvent, merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { LocalTexts } from '../core/storage/local-texts';
import { CLOCK } from '../core/clock/clock-token';

/** Typing is stored when it pauses for this long, and when somebody turns to another window or page; in milliseconds. */
export const DRAFT_DEBOUNCE_MS = 400;

/** What is kept of a draft. */
const KINDS = ['draft', 'answer'] as const;
type Kind = (typeof KINDS)[number];

/** Of what two tabs have made of one value: whichever was changed, and what `both` makes of it when both were. */
function merged(known: string, here: string, elsewhere: string, both: (elsewhere: string, here: string) => string) {
  if (elsewhere === known) return here;
  return here === known ? elsewhere : both(elsewhere, here);
}

/** Nothing of either is lost. What was typed here comes last, for the cursor is behind it. */
function bothTexts(elsewhere: string, here: string): string {
  if (here.startsWith(elsewhere)) return here;
  return elsewhere.startsWith(here) ? elsewhere : `${elsewhere}\n${here}`;
}

/**
 * What was typed and not yet sent, and what it answers, per conversation and user; survives a reload, a crash of the page
 * and its closing. A tab follows what another one stores, but not while it has typing of its own that is not stored: what
 * was stored elsewhere meanwhile is put in front of that then.
 */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private readonly clock = inject(CLOCK);
  private readonly document = inject(DOCUMENT);
  private readonly stored = inject(LocalTexts);
  private readonly session = inject(Session);
  private readonly ownId = computed(() => this.session.user()?.id);
  private readonly all: Readonly<Record<Kind, WritableSignal<ReadonlyMap<string, string>>>> = {
    draft: signal(new Map()),
    answer: signal(new Map()),
  };
  /** What is stored, as this tab has last seen it: whatever else is found there comes from another one. */
  private readonly known: Readonly<Record<Kind, Map<string, string>>> = { draft: new Map(), answer: new Map() };
  /** Conversations of which something was typed that is not stored. */
  private readonly dirty = new Set<string>();
  private readonly replacements = new Subject<string>();
  private owner: string | undefined;
  private cancelTimer: (() => void) | undefined;
  private following = new Subscription();

  /**
   * Ids of conversations whose draft has just become another one by what was typed in another tab. Told at once: a field
   * that showed the old one until the next rendering would give it back with the next letter.
   */
  readonly replaced$: Observable<string> = this.replacements.asObservable();

  constructor() {
    const { document } = this;
    this.startFor(untracked(this.ownId));
    inject(DestroyRef).onDestroy(() => this.following.unsubscribe());
    effect(() => {
      const id = this.ownId();
      untracked(() => this.startFor(id));
    });
    const window = document.defaultView;
    const on = (...names: string[]) => (window ? names.map((name) => fromEvent(window, name)) : []);
    const visibility$ = fromEvent(document, 'visibilitychange');
    merge(visibility$, ...on('pagehide', 'blur'))
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.flush());
    // A page that was kept while one went on elsewhere was told nothing meanwhile.
    merge(visibility$, ...on('pageshow', 'focus'))
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.takeAll());
  }

  /** The draft of a conversation, empty when there is none, as a signal read. */
  text(conversationId: string): string {
    return this.read('draft', conversationId);
  }

  /** Takes the draft over at once and stores it when the typing pauses. An empty text ends it. */
  set(conversationId: string, text: string): void {
    if (this.text(conversationId) === text) return;
    this.put('draft', conversationId, text);
    this.dirty.add(conversationId);
    this.cancelTimer?.();
    this.cancelTimer = this.clock.schedule(DRAFT_DEBOUNCE_MS, () => this.flush());
  }

  /** Id of the message that the draft answers, if it answers one, as a signal read. */
  answerTo(conversationId: string): string | undefined {
    return this.read('answer', conversationId) || undefined;
  }

  /** The draft answers this message from now on, or none; stored at once. */
  setAnswerTo(conversationId: string, messageId: string | undefined): void {
    if (this.answerTo(conversationId) === messageId) return;
    this.put('answer', conversationId, messageId ?? '');
    this.dirty.add(conversationId);
    this.flush();
  }

  /** Stores what is not stored yet, with what another tab has stored since. */
  flush(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const { owner } = this;
    if (owner === undefined) return;
    for (const conversationId of this.dirty) {
      const isKept = [
        this.store(owner, 'draft', conversationId, bothTexts),
        this.store(owner, 'answer', conversationId, (elsewhere, here) => here || elsewhere),
      ].every(Boolean);
      // What could not be stored is nowhere but here, and stays.
      if (isKept) this.dirty.delete(conversationId);
    }
  }

  private startFor(userId: string | undefined): void {
    if (userId === this.owner) return;
    this.cancelTimer?.();
    this.dirty.clear();
    this.owner = userId;
    for (const kind of KINDS) {
      const texts = userId === undefined ? [] : this.stored.all(userId, kind);
      this.all[kind].set(new Map(texts));
      this.known[kind].clear();
      for (const [conversationId, text] of texts) this.known[kind].set(conversationId, text);
    }
    this.follow(userId);
  }

  private follow(userId: string | undefined): void {
    this.following.unsubscribe();
    this.following = new Subscription();
    if (userId === undefined) return;
    for (const kind of KINDS) {
      const changed = this.stored.changedElsewhere(userId, kind);
      this.following.add(changed.subscribe(([conversationId]) => this.take(userId, kind, conversationId)));
    }
  }

  /** Whether it is stored now. */
  private store(owner: string, kind: Kind, conversationId: string, both: (elsewhere: string, here: string) => string) {
    const here = this.read(kind, conversationId);
    const elsewhere = this.stored.get(owner, kind, conversationId);
    const text = merged(this.known[kind].get(conversationId) ?? '', here, elsewhere, both);
    if (text !== elsewhere) this.stored.set(owner, kind, conversationId, text);
    const kept = this.stored.get(owner, kind, conversationId);
    this.known[kind].set(conversationId, kept);
    if (text !== here) this.replace(kind, conversationId, text);
    return kept === text;
  }

  private takeAll(): void {
    const { owner } = this;
    if (owner === undefined) return;
    for (const kind of KINDS) {
      const names = [...this.known[kind].keys(), ...this.stored.all(owner, kind).map(([name]) => name)];
      for (const conversationId of new Set(names)) this.take(owner, kind, conversationId);
    }
  }

  /** What is stored is what stands here, if another tab has stored it and nothing was typed here since. */
  private take(owner: string, kind: Kind, conversationId: string): void {
    const elsewhere = this.stored.get(owner, kind, conversationId);
    if (this.dirty.has(conversationId) || elsewhere === (this.known[kind].get(conversationId) ?? '')) return;
    this.known[kind].set(conversationId, elsewhere);
    this.replace(kind, conversationId, elsewhere);
  }

  private replace(kind: Kind, conversationId: string, text: string): void {
    this.put(kind, conversationId, text);
    if (kind === 'draft') this.replacements.next(conversationId);
  }

  private read(kind: Kind, conversationId: string): string {
    return this.all[kind]().get(conversationId) ?? '';
  }

  private put(kind: Kind, conversationId: string, text: string): void {
    const all = this.all[kind];
    const changed = new Map(all());
    if (text) changed.set(conversationId, text);
    else changed.delete(conversationId);
    all.set(changed);
  }
}
