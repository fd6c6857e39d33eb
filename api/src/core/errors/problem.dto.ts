import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type FieldError, type Problem, PROBLEM_TYPE_PREFIX } from '@parlance/contracts';

/** Shape of a field at fault in the published documents. */
export class FieldErrorDto implements FieldError {
  @ApiProperty({ description: 'Path of the field, such as `memberIds.3`; empty for the request itself.' })
  path: string;

  @ApiProperty({ example: 'max-length' })
  rule: string;

  @ApiProperty({ description: 'What is wrong and what to do, for people.' })
  message: string;
}

/** Shape of an error in the published documents. */
export class ProblemDto implements Problem {
  @ApiProperty({ pattern: `^${PROBLEM_TYPE_PREFIX}`, example: `${PROBLEM_TYPE_PREFIX}not-found` })
  type: string;

  @ApiProperty({ description: 'What happened, for people; the same at every occurrence.' })
  title: string;

  @ApiProperty({ type: 'integer', description: 'HTTP status, on every transport.' })
  status: number;

  @ApiPropertyOptional({ description: 'What happened this time and what to do.' })
  detail?: string;

  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'The fields at fault.' })
  errors?: FieldError[];

  @ApiPropertyOptional({ type: 'integer', description: 'Seconds to wait before the next attempt.' })
  retryAfter?: number;

  @ApiPropertyOptional({ description: 'Only on 5xx: what an operator searches the log for.' })
  traceId?: string;
}
