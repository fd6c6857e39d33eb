import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AvatarsController } from './avatars/avatars.controller.js';
import { AvatarsService } from './avatars/avatars.service.js';
import { OwnAvatarController } from './avatars/own-avatar.controller.js';
import { PICTURE_MODEL, pictureSchema } from './avatars/picture.schema.js';
import { PicturesRepository } from './avatars/pictures.repository.js';
import { UploadLimit } from './avatars/upload-limit.js';
import { DirectoryCursor } from './directory-cursor.js';
import { DirectoryService } from './directory.service.js';
import { USER_MODEL, userSchema } from './user.schema.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: USER_MODEL, schema: userSchema },
      { name: PICTURE_MODEL, schema: pictureSchema },
    ]),
  ],
  // `users/me/avatar` stands before `users/:id`.
  controllers: [OwnAvatarController, UsersController, AvatarsController],
  providers: [
    UsersService,
    UsersRepository,
    DirectoryService,
    DirectoryCursor,
    AvatarsService,
    PicturesRepository,
    UploadLimit,
  ],
  exports: [UsersService],
})
export class UsersModule {}
