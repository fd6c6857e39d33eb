import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DeviceSession } from '@parlance/contracts';
import { Caller, type Identity, SignedIn } from '../core/identity/index.js';
import { ObjectIdPipe } from '../core/validation/index.js';
import { DeviceSessionDto } from './dto/answers.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@SignedIn()
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ summary: 'Devices that are signed in, the last used first' })
  @ApiOkResponse({ type: [DeviceSessionDto] })
  list(@Caller() { userId, sessionId }: Identity): Promise<DeviceSession[]> {
    return this.sessions.list(userId, sessionId);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End one' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'not-found' })
  end(@Caller() { userId }: Identity, @Param('id', ObjectIdPipe) id: string): Promise<void> {
    return this.sessions.end(userId, id, 'ended-elsewhere');
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all but the one that asks' })
  @ApiNoContentResponse()
  endOthers(@Caller() { userId, sessionId }: Identity): Promise<void> {
    return this.sessions.endOthers(userId, sessionId, 'ended-elsewhere');
  }
}
