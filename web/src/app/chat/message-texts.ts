import type { Message, Problem, User } from '@parlance/contracts';
import { fieldMessage } from '../core/problem/problem';
import type { Bubble } from '../messages/sync/bubbles';
import { NO_QUOTES, type Quote } from './message-quote';

/** Characters of a text that are worth showing in one line. */
const LINE_LENGTH = 120;

/** White space, and what is there without being seen: joiners, marks of direction, the empty letters of some scripts. */
const UNSEEN = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nothing of a text can be seen. The server refuses white space alone; the rest is for clients to refuse. */
export function isBlank(text: string): boolean {
  return UNSEEN.test(text);
}

/** What stands in place of a text of which nothing can be seen, as bots and other clients may send it. */
export const UNSEEN_TEXT = 'A message without visible text.';

const WITHOUT_BASE = /^(?!\p{Default_Ignorable_Code_Point})\p{M}/u;

/** A text as it is shown: without empty lines around it, and with a base under an accent that has none and would be a speck. */
export function shownText(text: string): string {
  const shown = text.replace(/^\s*\n/, '').trimEnd();
  return WITHOUT_BASE.test(shown) ? `\u25cc${shown}` : shown;
}

/** How a text begins, in one line of at most so many characters; of one that cannot be seen, that it cannot. */
export function firstLine(text: string, length = LINE_LENGTH): string {
  if (isBlank(text)) return UNSEEN_TEXT;
  const line = [...shownText(text.trim()).replace(/\s+/g, ' ')];
  return line.length > length ? `${line.slice(0, length).join('')}…` : line.join('');
}

/** Messages that are loaded. */
export interface LoadedSource {
  withId(messageId: string): Bubble | undefined;
}

/** Where messages are found that are not loaded. */
export interface QuotedSource {
  /** Null when it cannot be had, undefined while it is not known. */
  get(messageId: string): Message | null | undefined;
}

/** What is shown of the messages with these ids; without those that are not known yet. */
export function quotesOf(
  ids: readonly string[],
  loaded: LoadedSource,
  quoted: QuotedSource,
  members: ReadonlyMap<string, User>,
): ReadonlyMap<string, Quote> {
  if (ids.length === 0) return NO_QUOTES;
  const quotes = new Map<string, Quote>();
  for (const id of ids) {
    const message = loaded.withId(id) ?? quoted.get(id);
    if (message === null) quotes.set(id, { name: 'A message', text: '', state: 'gone' });
    if (!message) continue;
    const { senderId, body, deletedAt, seq } = message;
    const name = members.get(senderId)?.displayName ?? 'Former member';
    quotes.set(id, {
      name,
      text: deletedAt ? '' : firstLine(body),
      state: deletedAt ? 'deleted' : 'there',
      ...(seq && { seq }),
    });
  }
  return quotes;
}

/** Why a message could not be changed, for whoever wanted to. */
export function changeError(problem: Problem): string {
  if (problem.status === 0) return 'The server cannot be reached. What you typed is still here: try again in a moment.';
  if (problem.status === 404) return 'This message cannot be changed any more.';
  return fieldMessage(problem, 'body') ?? problem.detail ?? problem.title;
}
