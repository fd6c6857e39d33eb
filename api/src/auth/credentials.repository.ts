import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, Types } from 'mongoose';
import { CREDENTIAL_MODEL, type CredentialRecord } from './credential.schema.js';

@Injectable()
export class CredentialsRepository {
  constructor(@InjectModel(CREDENTIAL_MODEL) private readonly model: Model<CredentialRecord>) {}

  async passwordHash(userId: string): Promise<string | undefined> {
    const found = await this.model.findById(new Types.ObjectId(userId)).lean();
    return found?.passwordHash;
  }

  /** Sets the hash, whether there was one or not. */
  async setPasswordHash(userId: string, passwordHash: string): Promise<void> {
    await this.model.updateOne(
      { _id: new Types.ObjectId(userId) },
      { $set: { passwordHash, changedAt: new Date() } },
      { upsert: true },
    );
  }
}
