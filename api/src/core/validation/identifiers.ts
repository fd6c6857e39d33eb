import { Injectable, type PipeTransform } from '@nestjs/common';
import { Matches } from 'class-validator';
import { DomainError, NotFound } from '../errors/index.js';
import { type FieldCheck, REFUSED } from './quick-check.js';

/** Ids are opaque to clients; on this side they are MongoDB object ids in hexadecimal. */
const OBJECT_ID = /^[0-9a-f]{24}$/;

export const isObjectId = (value: unknown): value is string => typeof value === 'string' && OBJECT_ID.test(value);

/** A field that must hold an id. */
export function IsObjectId(options: { each?: boolean } = {}): PropertyDecorator {
  return Matches(OBJECT_ID, { ...options, message: 'id|This is not an id of ours.' });
}

/** The quick check of such a field. */
export const objectIdOf: FieldCheck = (value) => (isObjectId(value) ? value : REFUSED);

/** A path parameter: what cannot be an id is simply not there. */
@Injectable()
export class ObjectIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isObjectId(value)) throw new DomainError(NotFound);
    return value;
  }
}
