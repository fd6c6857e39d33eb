import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Conversation, Page } from '@parlance/contracts';
import type { Response } from 'express';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { ObjectIdPipe } from '../core/validation/index.js';
import { ConversationsService } from './conversations.service.js';
import { createdOrFound } from './created-or-found.js';
import { ConversationsQueryDto, OpenConversationDto } from './dto/conversation-requests.dto.js';
import { ConversationDto, ConversationPageDto } from './dto/conversation.dto.js';

@ApiTags('conversations')
@SignedIn()
@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Get()
  @ApiOperation({ summary: "The caller's conversations, newest activity first" })
  @ApiOkResponse({ type: ConversationPageDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  list(@Caller() caller: Identity, @Query() query: ConversationsQueryDto): Promise<Page<Conversation>> {
    return this.conversations.list(caller.userId, query);
  }

  @Post()
  @ApiOperation({ summary: 'Open the conversation with somebody' })
  @ApiCreatedResponse({ type: ConversationDto })
  @ApiOkResponse({ type: ConversationDto, description: 'The one that there was.' })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  @ApiNotFoundResponse({ description: 'not-found, with the field' })
  open(
    @Caller() caller: Identity,
    @Body() { userId }: OpenConversationDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Conversation> {
    return createdOrFound(response, this.conversations.openDirect(caller.userId, userId));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One conversation' })
  @ApiOkResponse({ type: ConversationDto })
  @ApiNotFoundResponse({ description: 'not-found' })
  get(@Caller() caller: Identity, @Param('id', ObjectIdPipe) id: string): Promise<Conversation> {
    return this.conversations.get(caller.userId, id);
  }
}
