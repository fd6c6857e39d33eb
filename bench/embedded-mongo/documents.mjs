import { randomUUID } from 'node:crypto';

/** How many messages of a conversation follow each other before the next one begins. */
export const LENGTH = 1000;
const TEXT = 'sample text of a message '.repeat(6).slice(0, 140);

/** The identifier of a conversation: 24 hexadecimal digits, as ids are in the API. */
export const conversation = (number) => number.toString(16).padStart(24, '0');

/** The n-th document, shaped as the API's messages are. */
export function message(n) {
  return {
    _id: n.toString(16).padStart(24, '0'),
    conversationId: conversation(Math.floor(n / LENGTH)),
    seq: (n % LENGTH) + 1,
    senderId: conversation(n % 97),
    clientId: randomUUID(),
    kind: 'text',
    body: TEXT,
    createdAt: new Date(1_700_000_000_000 + n * 1000).toISOString(),
  };
}
