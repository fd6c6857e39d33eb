import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  Conversation,
  ConversationKind,
  ConversationMarker,
  ConversationMember,
  Message,
  Page,
  SocketFacts,
  User,
} from '@parlance/contracts';
import { MessageDto } from './message.dto.js';

/** A person as a member of a conversation; the same fields as `UserDto`. */
export class MemberUserDto implements User {
  @ApiProperty()
  id: string;

  @ApiProperty()
  username: string;

  @ApiProperty()
  displayName: string;

  @ApiProperty()
  avatarUrl: string;

  @ApiPropertyOptional()
  bio?: string;
}

export class ConversationMemberDto implements ConversationMember {
  @ApiProperty({ type: MemberUserDto })
  user: User;

  @ApiProperty({ type: 'integer' })
  readSeq: number;

  @ApiProperty({ type: 'integer' })
  deliveredSeq: number;
}

/** Shape of a conversation in the published documents. */
export class ConversationDto implements Conversation {
  @ApiProperty()
  id: string;

  @ApiProperty({ enum: ['direct', 'group'] })
  kind: ConversationKind;

  @ApiPropertyOptional()
  title?: string;

  @ApiProperty({ type: [ConversationMemberDto] })
  members: ConversationMember[];

  @ApiProperty({ type: 'integer' })
  headSeq: number;

  @ApiProperty({ type: 'integer' })
  headRev: number;

  @ApiProperty({ type: 'integer', description: 'How far the caller has read.' })
  readSeq: number;

  @ApiProperty({ type: 'integer', description: "How far the caller's devices have received." })
  deliveredSeq: number;

  @ApiProperty({ type: 'integer', description: 'Messages of others after `readSeq`.' })
  unread: number;

  @ApiPropertyOptional({ type: MessageDto })
  lastMessage?: Message;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class ConversationPageDto implements Page<Conversation> {
  @ApiProperty({ type: [ConversationDto] })
  items: Conversation[];

  @ApiPropertyOptional({ description: 'Cursor of the next page; absent on the last.' })
  next?: string;
}

type Removed = SocketFacts['conversation:removed'];

/** Shape of a conversation that somebody is no longer in, in the published AsyncAPI document. */
export class ConversationRemovedDto implements Removed {
  @ApiProperty()
  id: string;
}

/** Shape of how far a member is, in the published AsyncAPI document. */
export class ConversationMarkerDto implements ConversationMarker {
  @ApiProperty()
  conversationId: string;

  @ApiProperty()
  userId: string;

  @ApiProperty({ type: 'integer', minimum: 0 })
  readSeq: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  deliveredSeq: number;
}
