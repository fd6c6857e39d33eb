import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { defineProblem, DomainError } from '../errors/index.js';
import { Public } from '../identity/index.js';
import { Readiness } from './readiness.js';

const NotReady = defineProblem('not-ready', 503, 'This server takes no work at the moment.');

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process runs and answers. */
  @Get('live')
  @ApiOkResponse({ description: 'It runs.' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** It may be given work: the database answers, and it is not about to stop. */
  @Get('ready')
  @ApiOkResponse({ description: 'It may be given work.' })
  @ApiServiceUnavailableResponse({ description: 'It stops, or its database does not answer.' })
  async ready(): Promise<{ status: 'ready' }> {
    if (!(await this.readiness.isReady())) throw new DomainError(NotReady);
    return { status: 'ready' };
  }
}
