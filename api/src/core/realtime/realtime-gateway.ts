import { applyDecorators, UseFilters, UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { AckInterceptor } from './ack.interceptor.js';
import { AckProblemFilter } from './ack-problem.filter.js';

/**
 * A gateway whose every handler answers in its ack: the result as `{ ok: true, data }`, any error as
 * `{ ok: false, problem }`. Nest's own filter would emit an `exception` event, leave the ack hanging and echo the
 * payload. Validation and access are global and apply here as they do to HTTP.
 */
export const RealtimeGateway = () =>
  applyDecorators(WebSocketGateway(), UseInterceptors(AckInterceptor), UseFilters(AckProblemFilter));
