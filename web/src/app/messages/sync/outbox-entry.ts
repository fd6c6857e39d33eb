import type { Message, Problem, SendMessageRequest } from '@parlance/contracts';

/** A message on its way out, as it is kept over a reload. */
export interface OutboxEntry extends SendMessageRequest {
  /** Who wrote it; nobody else ever sends it. */
  userId: string;
  /** Place among this user's entries. */
  position: number;
  /** When it was typed, ISO 8601 UTC by this device's clock. */
  createdAt: string;
  /** Why the server refused it; absent while it is to be sent. */
  problem?: Problem;
}

/** Durable place for entries. */
export interface OutboxStorage {
  put(entry: OutboxEntry): Promise<void>;
  remove(clientId: string): Promise<void>;
  /** Entries of this user only, in any order. */
  entriesOf(userId: string): Promise<OutboxEntry[]>;
}

/** The way to the server. */
export interface OutboxTransport {
  /** One attempt; rejects, at the latest when the ack's time is over, with what `describe` understands. */
  send(request: SendMessageRequest): Promise<Message>;
  describe(error: unknown): Problem;
}

/** What the user of an outbox hears of. */
export interface OutboxListener {
  /** Entries in the order typed; a new array at each change. */
  entriesChanged(entries: readonly OutboxEntry[]): void;
  /** The server has the message; called before its entry is gone. */
  delivered(message: Message): void;
}

/** Whether the server's answer is final: a refusal of the request itself, not of the moment. */
export function isRefusal(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.status !== 429;
}
