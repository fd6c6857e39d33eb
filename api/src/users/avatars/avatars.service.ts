import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AvatarChoices, PAGE, type User } from '@parlance/contracts';
import { BoundedQueue } from '../../core/concurrency/bounded-queue.js';
import { DomainError, NotFound, ValidationFailed } from '../../core/errors/index.js';
import { DomainEvents } from '../../core/events/index.js';
import { UserUpdated } from '../events/user-updated.event.js';
import type { StoredAvatar, UserRecord } from '../user.schema.js';
import { toUser } from '../user-view.js';
import { UsersRepository } from '../users.repository.js';
import { pictureUrl } from './avatar-url.js';
import { choiceOf, drawAvatar, offeredAvatar, parseChoice, parsePictureId, pictureIdOf } from './generated-avatar.js';
import { PICTURE_MEDIA_TYPE, reencodePicture } from './picture-codec.js';
import { PicturesRepository } from './pictures.repository.js';
import { UploadLimit } from './upload-limit.js';

/** A picture of 24 megapixels takes about 100 MB while it is unpacked, and the pool that does it is everybody's. */
const DECODING = { concurrency: 2, capacity: 32, retryAfter: 5 };

export interface Picture {
  mediaType: string;
  bytes: Buffer;
}

/** Pictures of people: generated ones to choose from, and uploaded ones. */
@Injectable()
export class AvatarsService {
  private readonly decoding = new BoundedQueue(DECODING);

  constructor(
    private readonly users: UsersRepository,
    private readonly pictures: PicturesRepository,
    private readonly limit: UploadLimit,
    private readonly events: DomainEvents,
  ) {}

  /** A page of generated pictures; each page of a person holds others, and the same ones whenever asked. */
  choices(
    userId: string,
    { count = PAGE.avatarChoices.default, page = 0 }: { count?: number; page?: number },
  ): AvatarChoices {
    const offered = Array.from({ length: count }, (_, index) => choiceOf(offeredAvatar(userId, page * count + index)));
    return { items: offered.map((choice) => ({ choice, url: pictureUrl(pictureIdOf(choice)) })) };
  }

  /** Sets the uploaded picture if there is one, else the chosen one. Throws `ValidationFailed` when there is neither. */
  async set(userId: string, choice: string | undefined, file: Buffer | undefined): Promise<User> {
    return file ? this.upload(userId, file) : this.choose(userId, choice);
  }

  /** Goes back to the default picture. */
  async reset(userId: string): Promise<User> {
    return this.exchange(userId, undefined);
  }

  /** A picture by the last part of its address. Throws `NotFound`. */
  async picture(id: string): Promise<Picture> {
    const generated = parsePictureId(id);
    if (generated) return { mediaType: 'image/svg+xml', bytes: Buffer.from(drawAvatar(generated)) };
    const bytes = await this.pictures.find(id);
    if (!bytes) throw new DomainError(NotFound);
    return { mediaType: PICTURE_MEDIA_TYPE, bytes };
  }

  private async choose(userId: string, choice: string | undefined): Promise<User> {
    if (choice === undefined || !parseChoice(choice)) {
      throw new DomainError(ValidationFailed, {
        errors: [
          { path: 'choice', rule: 'choice', message: 'Choose one of the pictures that are offered, or send a file.' },
        ],
      });
    }
    return this.exchange(userId, { choice });
  }

  private async upload(userId: string, file: Buffer): Promise<User> {
    await this.limit.take(userId);
    const bytes = await this.decoding.run(() => reencodePicture(file));
    const use = randomUUID();
    const picture = await this.pictures.keep(bytes, use);
    try {
      return await this.exchange(userId, { picture, use });
    } catch (error) {
      await this.pictures.release(picture, use);
      throw error;
    }
  }

  /** The picture is kept before it is shown and let go after it is not, so a crash leaves one too many, never too few. */
  private async exchange(userId: string, avatar: StoredAvatar | undefined): Promise<User> {
    const before = await this.users.exchangeAvatar(userId, avatar);
    if (!before) throw new DomainError(NotFound);
    const { avatar: previous, ...rest } = before;
    if (previous && 'picture' in previous) await this.pictures.release(previous.picture, previous.use);

    const record: UserRecord = { ...rest, ...(avatar && { avatar }) };
    const user = toUser(record);
    this.events.publish(new UserUpdated(user));
    return user;
  }
}
