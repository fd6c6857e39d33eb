import { Body, Controller, Delete, Put, UploadedFile } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnsupportedMediaTypeResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { User } from '@parlance/contracts';
import { Caller, type Identity, SignedIn } from '../../core/identity/index.js';
import { SetAvatarDto } from '../dto/avatar.dto.js';
import { UserDto } from '../dto/user.dto.js';
import { AvatarUpload } from './avatar-upload.interceptor.js';
import { AvatarsService } from './avatars.service.js';

@ApiTags('avatars')
@SignedIn()
@Controller('users/me/avatar')
export class OwnAvatarController {
  constructor(private readonly avatars: AvatarsService) {}

  @Put()
  @AvatarUpload()
  @ApiOperation({ summary: 'Choose a generated picture, or upload one (JPEG, PNG or WebP, at most 2 MiB)' })
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiExtraModels(SetAvatarDto)
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(SetAvatarDto) },
        { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] },
      ],
    },
  })
  @ApiOkResponse({ type: UserDto })
  @ApiBadRequestResponse({ description: 'validation-failed' })
  @ApiPayloadTooLargeResponse({ description: 'payload-too-large' })
  @ApiUnsupportedMediaTypeResponse({ description: 'unsupported-media-type' })
  @ApiTooManyRequestsResponse({ description: 'too-many-requests' })
  set(
    @Caller() caller: Identity,
    @Body() { choice }: SetAvatarDto,
    @UploadedFile() file?: Express.Multer.File,
  ): Promise<User> {
    return this.avatars.set(caller.userId, choice, file?.buffer);
  }

  @Delete()
  @ApiOperation({ summary: 'Go back to the default picture' })
  @ApiOkResponse({ type: UserDto })
  reset(@Caller() caller: Identity): Promise<User> {
    return this.avatars.reset(caller.userId);
  }
}
