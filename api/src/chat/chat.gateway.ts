import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { ConversationMarker, Message, UserPresence } from '@parlance/contracts';
import { NotFound } from '../core/errors/index.js';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { FastLanes, RealtimeGateway, type RealtimeSocket, SocketOperation } from '../core/realtime/index.js';
import { ConversationMarkerDto, ConversationsService, MarkDto } from '../messages/conversations.service.js';
import {
  ClientIdReused,
  DeleteMessageDto,
  EditMessageDto,
  MessageDeleted,
  MessageDto,
  MessagesService,
  OutcomeUnknown,
  SendMessageDto,
} from '../messages/messages.service.js';
import { PresenceService } from '../presence/presence.service.js';
import { SetPresenceDto, UserPresenceDto, WatchPresenceDto } from './dto/presence.dto.js';
import { TypingDto } from './dto/typing.dto.js';
import { TypingRelay } from './typing-relay.js';

/** Commands of devices, each answered in its ack. */
@SignedIn()
@RealtimeGateway()
export class ChatGateway {
  constructor(
    private readonly messages: MessagesService,
    private readonly conversations: ConversationsService,
    private readonly presence: PresenceService,
    private readonly typingRelay: TypingRelay,
    lanes: FastLanes,
  ) {
    lanes.add('message:send', SendMessageDto, (caller, message) => this.send(caller, message));
  }

  @SubscribeMessage('message:send')
  @SocketOperation({
    summary: 'Sends a message; the ack comes when it is on disk. The same `clientId` again gives the first one back.',
    data: MessageDto,
    problems: [NotFound, ClientIdReused, OutcomeUnknown],
  })
  async send(@Caller() caller: Identity, @MessageBody() message: SendMessageDto): Promise<Message> {
    return (await this.messages.send(caller.userId, message)).item;
  }

  @SubscribeMessage('message:edit')
  @SocketOperation({
    summary: "Gives one's own message another text.",
    data: MessageDto,
    problems: [NotFound, MessageDeleted, OutcomeUnknown],
  })
  edit(@Caller() caller: Identity, @MessageBody() edit: EditMessageDto): Promise<Message> {
    return this.messages.edit(caller.userId, edit);
  }

  @SubscribeMessage('message:delete')
  @SocketOperation({
    summary: "Takes the text of one's own message away for everybody; its place stays.",
    data: MessageDto,
    problems: [NotFound, OutcomeUnknown],
  })
  delete(@Caller() caller: Identity, @MessageBody() deletion: DeleteMessageDto): Promise<Message> {
    return this.messages.delete(caller.userId, deletion);
  }

  @SubscribeMessage('conversation:read')
  @SocketOperation({
    summary: 'Everything up to this place was read.',
    data: ConversationMarkerDto,
    problems: [NotFound],
  })
  read(@Caller() caller: Identity, @MessageBody() mark: MarkDto): Promise<ConversationMarker> {
    return this.conversations.mark(caller.userId, 'read', mark);
  }

  @SubscribeMessage('conversation:delivered')
  @SocketOperation({
    summary: 'Everything up to this place has arrived.',
    data: ConversationMarkerDto,
    problems: [NotFound],
  })
  delivered(@Caller() caller: Identity, @MessageBody() mark: MarkDto): Promise<ConversationMarker> {
    return this.conversations.mark(caller.userId, 'delivered', mark);
  }

  @SubscribeMessage('typing')
  @SocketOperation({ summary: 'Tells the other members; at most once a second it is passed on.', problems: [NotFound] })
  typing(@Caller() caller: Identity, @MessageBody() typing: TypingDto): Promise<void> {
    return this.typingRelay.pass(caller.userId, typing);
  }

  @SubscribeMessage('presence:watch')
  @SocketOperation({ summary: 'Whose presence this socket is told of from now on.', data: [UserPresenceDto] })
  watch(
    @ConnectedSocket() socket: RealtimeSocket,
    @MessageBody() { userIds }: WatchPresenceDto,
  ): Promise<UserPresence[]> {
    return this.presence.watch(socket.id, userIds);
  }

  @SubscribeMessage('presence:set')
  @SocketOperation({ summary: 'How this device wants to be seen.' })
  setPresence(
    @Caller() caller: Identity,
    @ConnectedSocket() socket: RealtimeSocket,
    @MessageBody() { state }: SetPresenceDto,
  ): Promise<void> {
    return this.presence.setState(caller, socket.id, state);
  }
}
