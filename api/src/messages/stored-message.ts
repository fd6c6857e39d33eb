/** A message as it stands in the order of its conversation; ids as clients see them. */
export interface StoredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly rev: number;
  readonly senderId: string;
  readonly clientId: string;
  readonly kind: string;
  readonly body: string;
  readonly createdAt: Date;
  readonly editedAt?: Date;
  readonly deletedAt?: Date;
  readonly replyTo?: string;
}
