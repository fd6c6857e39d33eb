import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { AvatarChoices } from '@parlance/contracts';
import type { Response } from 'express';
import { Caller, type Identity, Public, SignedIn } from '../../core/identity/index.js';
import { AvatarChoicesDto, AvatarChoicesQueryDto } from '../dto/avatar.dto.js';
import { AvatarsService, type Picture } from './avatars.service.js';

/** Addresses change with what they show, and what they show never runs. */
const PICTURE_HEADERS = {
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
} as const;

@ApiTags('avatars')
@Controller('avatars')
export class AvatarsController {
  constructor(private readonly avatars: AvatarsService) {}

  @Get('choices')
  @SignedIn()
  @ApiOperation({ summary: 'Generated pictures to choose from' })
  @ApiOkResponse({ type: AvatarChoicesDto })
  choices(@Caller() caller: Identity, @Query() query: AvatarChoicesQueryDto): AvatarChoices {
    return this.avatars.choices(caller.userId, query);
  }

  @Get(':id')
  @Public()
  @ApiOperation({ summary: 'A picture; its address never shows another one' })
  @ApiProduces('image/webp', 'image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiNotFoundResponse({ description: 'not-found' })
  async picture(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<StreamableFile> {
    return send(await this.avatars.picture(id), response);
  }
}

/** Headers are set once there is a picture: a 404 must not be kept for a year. */
function send({ bytes, mediaType }: Picture, response: Response): StreamableFile {
  response.set(PICTURE_HEADERS);
  return new StreamableFile(bytes, { type: mediaType, length: bytes.length });
}
