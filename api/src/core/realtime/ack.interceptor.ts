import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Ack } from '@parlance/contracts';
import { map, type Observable } from 'rxjs';

/** Wraps what a handler returns; a handler that returns nothing acks `{ ok: true }`. */
@Injectable()
export class AckInterceptor<T> implements NestInterceptor<T, Ack<T>> {
  intercept(_context: ExecutionContext, next: CallHandler<T>): Observable<Ack<T>> {
    return next.handle().pipe(map((data) => ({ ok: true, data })));
  }
}
