import { Schema } from 'mongoose';

/** An uploaded picture as kept, whoever shows it. */
export interface PictureRecord {
  /** SHA-256 of the bytes, hexadecimal. */
  _id: string;
  bytes: Buffer;
  /** One token for each time that somebody has set it; without any, it goes. */
  uses: string[];
  createdAt: Date;
}

export const PICTURE_MODEL = 'Picture';

export const pictureSchema = new Schema<PictureRecord>(
  {
    _id: { type: String, required: true },
    bytes: { type: Buffer, required: true },
    uses: { type: [String], required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'pictures', versionKey: false },
);
