import { AVATAR_UPLOAD } from '@parlance/contracts';
import sharp from 'sharp';
import { DomainError, UnsupportedMediaType, ValidationFailed } from '../../core/errors/index.js';

/** Larger ones would take more memory and time than any camera's picture is worth here. */
const MAX_INPUT_PIXELS = 24_000_000;
const WEBP_QUALITY = 85;

/** Media type of what `reencodePicture` gives. */
export const PICTURE_MEDIA_TYPE = 'image/webp';

// Every other loader stays out of reach, whatever a file pretends to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] });

const startsWith = (file: Buffer, magic: readonly number[], at = 0) =>
  file.subarray(at, at + magic.length).equals(Buffer.from(magic));
const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

/** By the first bytes alone: names and declared types are whatever the sender says. */
function isAcceptedFormat(file: Buffer): boolean {
  return startsWith(file, JPEG) || startsWith(file, PNG) || (startsWith(file, RIFF) && startsWith(file, WEBP, 8));
}

/**
 * Makes a square WebP of 256 pixels from an untrusted file, turned upright and cropped around its centre. Only pixels
 * survive: metadata and whatever else was in the file are gone. Throws `UnsupportedMediaType` and `ValidationFailed`
 * with the field `file`.
 */
export async function reencodePicture(file: Buffer): Promise<Buffer> {
  if (!isAcceptedFormat(file)) {
    throw new DomainError(UnsupportedMediaType, {
      errors: [{ path: 'file', rule: 'media-type', message: 'Choose a picture in JPEG, PNG or WebP format.' }],
    });
  }
  // Reads the header alone; without the limit, so that people can be told that it is the size.
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata().catch(unreadable);
  if (width * height > MAX_INPUT_PIXELS) {
    throw new DomainError(ValidationFailed, {
      errors: [
        { path: 'file', rule: 'max-pixels', message: 'This picture has too many pixels. Use at most 24 million.' },
      ],
    });
  }
  return sharp(file, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'error' })
    .autoOrient()
    .resize(AVATAR_UPLOAD.edgePixels, AVATAR_UPLOAD.edgePixels, { fit: 'cover' })
    .webp({ quality: WEBP_QUALITY })
    .toBuffer()
    .catch(unreadable);
}

function unreadable(cause: unknown): never {
  throw new DomainError(ValidationFailed, {
    errors: [{ path: 'file', rule: 'picture', message: 'This file is not a picture, or it is damaged.' }],
    cause,
  });
}
