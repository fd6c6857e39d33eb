import { applyDecorators, SetMetadata, UseFilters } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { AckProblemFilter } from './ack-problem.filter.js';

/** Metadata key of gateways that answer as they should. */
export const ANSWERS_IN_ACKS = Symbol('answers-in-acks');

/**
 * A gateway whose every handler answers in its ack: the result as `{ ok: true, data }`, any error as
 * `{ ok: false, problem }`. Nest's own filter would emit an `exception` event, leave the ack hanging and echo the
 * payload. Validation and access are global and apply here as they do to HTTP.
 */
export const RealtimeGateway = () =>
  applyDecorators(WebSocketGateway(), UseFilters(AckProblemFilter), SetMetadata(ANSWERS_IN_ACKS, true));
