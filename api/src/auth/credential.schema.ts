import { Schema, type Types } from 'mongoose';

/** What somebody proves themselves with; kept apart from the profile, so that no answer can carry it by accident. */
export interface CredentialRecord {
  /** Id of the user. */
  _id: Types.ObjectId;
  /** `v1$<pepperId>$<bcrypt>` */
  passwordHash: string;
  changedAt: Date;
}

export const CREDENTIAL_MODEL = 'Credential';

export const credentialSchema = new Schema<CredentialRecord>(
  {
    _id: { type: Schema.Types.ObjectId, required: true },
    passwordHash: { type: String, required: true },
    changedAt: { type: Date, required: true },
  },
  { collection: 'credentials', versionKey: false },
);
