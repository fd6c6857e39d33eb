import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, Types } from 'mongoose';
import { CREDENTIAL_MODEL, type CredentialRecord } from './credential.schema.js';

@Injectable()
export class CredentialsRepository {
  constructor(@InjectModel(CREDENTIAL_MODEL) private readonly model: Model<CredentialRecord>) {}

  find(userId: string): Promise<CredentialRecord | null> {
    return this.model.findById(new Types.ObjectId(userId)).lean<CredentialRecord>().exec();
  }

  /** Sets the hash of a new password, whether there was one or not. */
  async set(userId: string, passwordHash: string): Promise<void> {
    await this.model.updateOne(
      { _id: new Types.ObjectId(userId) },
      { $set: { passwordHash, changedAt: new Date() } },
      { upsert: true },
    );
  }

  /** Puts another hash of the same password in the place of `present`, unless that is not the present one any more. */
  async replace(userId: string, present: string, passwordHash: string): Promise<void> {
    await this.model.updateOne({ _id: new Types.ObjectId(userId), passwordHash: present }, { $set: { passwordHash } });
  }
}
