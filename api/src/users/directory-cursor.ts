import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Env } from '../core/config/env.js';
import { DomainError, ValidationFailed } from '../core/errors/index.js';

const SEAL_BYTES = 12;

/** Where a page of the directory ends, sealed so that only cursors of ours are followed. */
@Injectable()
export class DirectoryCursor {
  constructor(private readonly env: Env) {}

  encode(usernameKey: string): string {
    const place = Buffer.from(usernameKey);
    return Buffer.concat([this.seal(place), place]).toString('base64url');
  }

  /** Throws `ValidationFailed` for what `encode` has not made. */
  decode(cursor: string): string {
    const bytes = Buffer.from(cursor, 'base64url');
    const seal = bytes.subarray(0, SEAL_BYTES);
    const place = bytes.subarray(SEAL_BYTES);
    // The decoder passes over foreign characters; comparing the text refuses them.
    const genuine =
      bytes.toString('base64url') === cursor && seal.length === SEAL_BYTES && timingSafeEqual(seal, this.seal(place));
    if (!genuine) {
      throw new DomainError(ValidationFailed, {
        errors: [{ path: 'cursor', rule: 'cursor', message: 'This place is not known. Begin with the first page.' }],
      });
    }
    return place.toString();
  }

  private seal(place: Buffer): Buffer {
    return createHmac('sha256', this.env.cookieSecret)
      .update('directory-cursor\0')
      .update(place)
      .digest()
      .subarray(0, SEAL_BYTES);
  }
}
