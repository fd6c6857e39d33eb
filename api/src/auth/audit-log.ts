import { Injectable, Logger } from '@nestjs/common';

export type AuditEvent =
  | 'registered'
  | 'sign-up-refused'
  | 'signed-in'
  | 'sign-in-refused'
  | 'session-ended'
  | 'password-changed'
  | 'password-change-refused';

/** What an event is about: ids, addresses and reasons. Never what somebody typed: people type passwords into any field. */
export type AuditFacts = Readonly<Partial<Record<'user' | 'session' | 'address' | 'role' | 'reason', string>>>;

/** The trail of who came in, who was refused and what was revoked: one line an event, `event key=value …`. */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit');

  record(event: AuditEvent, facts: AuditFacts): void {
    const line = [event, ...Object.entries(facts).map(([name, value]) => `${name}=${value}`)].join(' ');
    if (event.endsWith('-refused')) this.logger.warn(line);
    else this.logger.log(line);
  }
}
