import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { ChangePage, Message, MessagePage } from '@parlance/contracts';
import type { Response } from 'express';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { ObjectIdPipe } from '../core/validation/index.js';
import { createdOrFound } from './created-or-found.js';
import { ChangesQueryDto, HistoryQueryDto } from './dto/history-query.dto.js';
import { ChangePageDto, MessageDto, MessagePageDto } from './dto/message.dto.js';
import { PostMessageDto } from './dto/send-message.dto.js';
import { MessagesService } from './messages.service.js';

@ApiTags('messages')
@SignedIn()
@Controller('conversations/:id')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Get('messages')
  @ApiOperation({ summary: 'A page of the history, the latest unless asked otherwise' })
  @ApiOkResponse({ type: MessagePageDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  @ApiNotFoundResponse({ description: 'not-found' })
  history(
    @Caller() caller: Identity,
    @Param('id', ObjectIdPipe) id: string,
    @Query() query: HistoryQueryDto,
  ): Promise<MessagePage> {
    return this.messages.history(caller.userId, id, query);
  }

  @Get('messages/:messageId')
  @ApiOperation({ summary: 'One message, such as one that another answers' })
  @ApiOkResponse({ type: MessageDto })
  @ApiNotFoundResponse({ description: 'not-found' })
  one(
    @Caller() caller: Identity,
    @Param('id', ObjectIdPipe) id: string,
    @Param('messageId', ObjectIdPipe) messageId: string,
  ): Promise<Message> {
    return this.messages.one(caller.userId, id, messageId);
  }

  @Get('changes')
  @ApiOperation({ summary: 'What changed beyond a `rev`' })
  @ApiOkResponse({ type: ChangePageDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  @ApiNotFoundResponse({ description: 'not-found' })
  changes(
    @Caller() caller: Identity,
    @Param('id', ObjectIdPipe) id: string,
    @Query() query: ChangesQueryDto,
  ): Promise<ChangePage> {
    return this.messages.changes(caller.userId, id, query);
  }

  @Post('messages')
  @ApiOperation({ summary: 'Send a message; answered when it is durable' })
  @ApiCreatedResponse({ type: MessageDto })
  @ApiOkResponse({ type: MessageDto, description: 'The first message with this `clientId`.' })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  @ApiNotFoundResponse({ description: 'not-found' })
  @ApiConflictResponse({ description: 'client-id-reused' })
  @ApiServiceUnavailableResponse({ description: 'overloaded or outcome-unknown; send it again' })
  send(
    @Caller() caller: Identity,
    @Param('id', ObjectIdPipe) conversationId: string,
    @Body() message: PostMessageDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Message> {
    return createdOrFound(response, this.messages.send(caller.userId, { ...message, conversationId }));
  }
}
