import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DomainError, ValidationFailed } from '../errors/index.js';
import { notAllowed, toFieldErrors } from './field-errors.js';
import { quicklyChecked } from './quick-check.js';

/** Parameter types that are no DTO: what decorators such as `@Caller()` and path parameters give. */
const PLAIN: ReadonlySet<unknown> = new Set([String, Boolean, Number, Array, Object, Buffer, undefined]);

/**
 * The one way in for data from outside, over HTTP and over the socket: an instance of the declared DTO and nothing
 * else. Unknown fields are refused, nothing is converted from another type by itself.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || PLAIN.has(metatype)) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DomainError(ValidationFailed, {
        errors: [{ path: '', rule: 'object', message: 'Send an object with the fields of this request.' }],
      });
    }
    return quicklyChecked(metatype as Type<object>, value) ?? this.check(metatype as Type<object>, value);
  }

  private async check(metatype: Type<object>, value: object): Promise<object> {
    const dto = plainToInstance(metatype, value);
    const errors = await validate(dto, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
    // Fields named like what every object has (`toString`, `__proto__`) are lost on the way, before they can be refused.
    const lost = Object.keys(value).filter((name) => !Object.hasOwn(dto, name));
    if (errors.length + lost.length > 0) {
      throw new DomainError(ValidationFailed, { errors: [...toFieldErrors(errors), ...lost.map(notAllowed)] });
    }
    return dto;
  }
}
