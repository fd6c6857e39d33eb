import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { PICTURE_MODEL, type PictureRecord } from './picture.schema.js';

const PICTURE_ID = /^[0-9a-f]{64}$/;

/**
 * Uploaded pictures by the hash of their bytes, counted by tokens rather than by who shows them: taking and letting go
 * of one are single writes to one document each, so that no order of simultaneous changes deletes what is in use.
 */
@Injectable()
export class PicturesRepository {
  constructor(@InjectModel(PICTURE_MODEL) private readonly pictures: Model<PictureRecord>) {}

  /** Keeps the bytes under `use`, and gives their id. */
  async keep(bytes: Buffer, use: string): Promise<string> {
    const id = createHash('sha256').update(bytes).digest('hex');
    await this.pictures.updateOne(
      { _id: id },
      { $addToSet: { uses: use }, $setOnInsert: { bytes, createdAt: new Date() } },
      { upsert: true },
    );
    return id;
  }

  /** Ends one use; the last one takes the picture with it. */
  async release(id: string, use: string): Promise<void> {
    await this.pictures.updateOne({ _id: id }, { $pull: { uses: use } });
    await this.pictures.deleteOne({ _id: id, uses: trusted({ $size: 0 }) });
  }

  async find(id: string): Promise<Buffer | undefined> {
    if (!PICTURE_ID.test(id)) return undefined;
    return (await this.pictures.findById(id))?.bytes;
  }
}
