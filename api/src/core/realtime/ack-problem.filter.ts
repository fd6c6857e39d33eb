import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Ack } from '@parlance/contracts';
import { toProblem } from '../errors/index.js';

/** Answers every error of a handler in the ack of its own request. */
@Catch()
export class AckProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const ack = host.getArgs<unknown[]>().find((argument) => typeof argument === 'function') as
      ((answer: Ack<never>) => void) | undefined;
    ack?.({ ok: false, problem: toProblem(error) });
  }
}
