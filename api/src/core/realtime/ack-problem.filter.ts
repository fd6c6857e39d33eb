import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import type { Ack } from '@parlance/contracts';
import { DomainError, Forbidden, toProblem } from '../errors/index.js';

/** Answers every error of a handler in the ack of its own request. */
@Catch()
export class AckProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const ack = host.getArgs<unknown[]>().find((argument) => typeof argument === 'function') as
      ((answer: Ack<never>) => void) | undefined;
    // What the framework throws for a guard that says no.
    const refusal = error instanceof WsException ? new DomainError(Forbidden) : error;
    ack?.({ ok: false, problem: toProblem(refusal) });
  }
}
