import { Injectable, Logger } from '@nestjs/common';
import { CredentialsRepository } from './credentials.repository.js';
import { PasswordHasher } from './password-hasher.js';

/** Id of nobody: asked for in the place of an unknown person, so that the time it takes tells nothing. */
const NOBODY = '0'.repeat(24);

export interface PasswordVerdict {
  matches: boolean;
  /** Which password it was held against; see `isStill`. */
  changedAt?: Date | undefined;
}

/** The passwords of people: kept as hashes, held against what is typed. All methods throw `Overloaded` under load. */
@Injectable()
export class PasswordsService {
  private readonly logger = new Logger(PasswordsService.name);

  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  hash(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /** Takes what `hash` has made. */
  async store(userId: string, passwordHash: string): Promise<void> {
    await this.credentials.set(userId, passwordHash);
  }

  /** Takes the same time for nobody as for somebody. A weak hash is replaced when the password was right. */
  async verify(userId: string | undefined, password: string): Promise<PasswordVerdict> {
    const credential = await this.credentials.find(userId ?? NOBODY);
    const { matches, outdated } = await this.hasher.verify(password, credential?.passwordHash);
    if (userId !== undefined && credential && matches && outdated) {
      await this.strengthen(userId, credential.passwordHash, password);
    }
    return { matches, changedAt: credential?.changedAt };
  }

  /** Whether the password that was verified is still the one of this user. */
  async isStill(userId: string, { changedAt }: PasswordVerdict): Promise<boolean> {
    const credential = await this.credentials.find(userId);
    return credential !== null && credential.changedAt.getTime() === changedAt?.getTime();
  }

  /** The password was right: that its hash could not be made stronger today is no reason to keep anybody out. */
  private async strengthen(userId: string, present: string, password: string): Promise<void> {
    try {
      await this.credentials.replace(userId, present, await this.hasher.hash(password));
    } catch (error) {
      this.logger.warn(`A hash stays weak for now: ${error instanceof Error ? error.message : 'unknown reason'}`);
    }
  }
}
