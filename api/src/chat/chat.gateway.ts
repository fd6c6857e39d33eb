import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { ConversationMarker, Message, UserPresence } from '@parlance/contracts';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { FastLanes, RealtimeGateway, type RealtimeSocket } from '../core/realtime/index.js';
import { ConversationsService, MarkDto } from '../messages/conversations.service.js';
import { DeleteMessageDto, EditMessageDto, MessagesService, SendMessageDto } from '../messages/messages.service.js';
import { PresenceService } from '../presence/presence.service.js';
import { SetPresenceDto, WatchPresenceDto } from './dto/presence.dto.js';
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
  async send(@Caller() caller: Identity, @MessageBody() message: SendMessageDto): Promise<Message> {
    return (await this.messages.send(caller.userId, message)).item;
  }

  @SubscribeMessage('message:edit')
  edit(@Caller() caller: Identity, @MessageBody() edit: EditMessageDto): Promise<Message> {
    return this.messages.edit(caller.userId, edit);
  }

  @SubscribeMessage('message:delete')
  delete(@Caller() caller: Identity, @MessageBody() deletion: DeleteMessageDto): Promise<Message> {
    return this.messages.delete(caller.userId, deletion);
  }

  @SubscribeMessage('conversation:read')
  read(@Caller() caller: Identity, @MessageBody() mark: MarkDto): Promise<ConversationMarker> {
    return this.conversations.mark(caller.userId, 'read', mark);
  }

  @SubscribeMessage('conversation:delivered')
  delivered(@Caller() caller: Identity, @MessageBody() mark: MarkDto): Promise<ConversationMarker> {
    return this.conversations.mark(caller.userId, 'delivered', mark);
  }

  @SubscribeMessage('typing')
  typing(@Caller() caller: Identity, @MessageBody() typing: TypingDto): Promise<void> {
    return this.typingRelay.pass(caller.userId, typing);
  }

  @SubscribeMessage('presence:watch')
  watch(
    @ConnectedSocket() socket: RealtimeSocket,
    @MessageBody() { userIds }: WatchPresenceDto,
  ): Promise<UserPresence[]> {
    return this.presence.watch(socket.id, userIds);
  }

  @SubscribeMessage('presence:set')
  setPresence(
    @Caller() caller: Identity,
    @ConnectedSocket() socket: RealtimeSocket,
    @MessageBody() { state }: SetPresenceDto,
  ): Promise<void> {
    return this.presence.setState(caller, socket.id, state);
  }
}
