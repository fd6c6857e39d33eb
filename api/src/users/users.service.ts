import { Injectable } from '@nestjs/common';
import { EMAIL, type FieldError, type OwnUser, type UpdateProfileRequest, type User } from '@parlance/contracts';
import { isEmail } from 'class-validator';
import { isDuplicateKey } from '../core/database/index.js';
import { DomainError, NotFound, type ProblemType, ValidationFailed } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { UserRegistered } from './events/user-registered.event.js';
import { UserUpdated } from './events/user-updated.event.js';
import { identityKey, searchKeys } from './fold.js';
import type { UserRecord } from './user.schema.js';
import { toOwnUser, toUser } from './user-view.js';
import { usernameFault } from './username.js';
import { EmailTaken, UsernameTaken } from './users.problems.js';
import { type NewUser, UsersRepository } from './users.repository.js';

/** What the service answers, for the transports that carry it. */
export { UserDto } from './dto/user.dto.js';

/** What an account begins with. */
export interface NewAccount {
  username: string;
  email: string;
  /** Left out, it is the username. */
  displayName?: string;
}

/** People and what others may know of them. Knows no passwords and no sessions. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Makes an account; the first one is the administrator's. Throws `ValidationFailed` for a name that cannot be given,
   * `UsernameTaken` and `EmailTaken` (409), each with the field.
   */
  async create({ username, email, displayName }: NewAccount): Promise<OwnUser> {
    const faults = [usernameFault(username.normalize('NFC')), emailFault(email)].filter((fault) => fault !== undefined);
    if (faults.length > 0) throw new DomainError(ValidationFailed, { errors: faults });

    const name = username.normalize('NFC');
    const shown = displayName ?? name;
    const record = await this.insert({
      username: name,
      usernameKey: identityKey(name),
      email,
      emailKey: emailKey(email),
      displayName: shown,
      role: 'member',
      searchKeys: searchKeys(name, shown),
      createdAt: new Date(),
    });
    this.events.publish(new UserRegistered(toUser(record)));
    return toOwnUser(record);
  }

  /** Takes an account back whose registration could not be finished. If it was the first, the next one is. */
  async remove(userId: string): Promise<void> {
    await this.users.remove(userId);
  }

  /** By username or e-mail address, however they are written; an address is what has an `@`. */
  async findByIdentifier(identifier: string): Promise<OwnUser | null> {
    const record = identifier.includes('@')
      ? await this.users.findByEmailKey(emailKey(identifier.trim()))
      : await this.users.findByUsernameKey(identityKey(identifier.trim()));
    return record && toOwnUser(record);
  }

  /** The person's own profile. Throws `NotFound`. */
  async ownUser(userId: string): Promise<OwnUser> {
    return toOwnUser(found(await this.users.findById(userId)));
  }

  /** Throws `NotFound`, for a malformed id as well. */
  async get(userId: string): Promise<User> {
    return toUser(found(await this.users.findById(userId)));
  }

  /** In the order of the ids; each person once, ids of nobody are passed over. */
  async getMany(userIds: readonly string[]): Promise<User[]> {
    const records = await this.users.findByIds(userIds);
    const byId = new Map(records.map((record) => [record._id.toHexString(), record]));
    return [...new Set(userIds)].flatMap((id) => {
      const record = byId.get(id);
      return record ? [toUser(record)] : [];
    });
  }

  async exists(userId: string): Promise<boolean> {
    return this.users.exists(userId);
  }

  /** Changes what is given and leaves the rest; an empty bio is removed. */
  async updateProfile(userId: string, { displayName, bio }: UpdateProfileRequest): Promise<OwnUser> {
    const before = found(await this.users.findById(userId));
    if (displayName === undefined && bio === undefined) return toOwnUser(before);

    const record = found(
      await this.users.updateProfile(userId, {
        ...(displayName !== undefined && { displayName, searchKeys: searchKeys(before.username, displayName) }),
        ...(bio !== undefined && { bio: bio === '' ? null : bio }),
      }),
    );
    this.events.publish(new UserUpdated(toUser(record)));
    return toOwnUser(record);
  }

  /** Of several first accounts at once, the unique index lets one be the founder; the others are members. */
  private async insert(user: NewUser): Promise<UserRecord> {
    try {
      if (!(await this.users.hasFounder())) return await this.users.insert({ ...user, role: 'admin', founder: true });
    } catch (error) {
      if (!isDuplicateKey(error, 'founder')) throw taken(error);
    }
    try {
      return await this.users.insert(user);
    } catch (error) {
      throw taken(error);
    }
  }
}

const emailKey = (email: string) => email.normalize('NFC').toLowerCase();

function emailFault(email: string): FieldError | undefined {
  if (email.length <= EMAIL.maxLength && isEmail(email)) return undefined;
  return { path: 'email', rule: 'email', message: 'Use an e-mail address such as ada@example.org.' };
}

/** What a duplicate key means to people; any other error stays what it is. */
function taken(error: unknown): unknown {
  if (isDuplicateKey(error, 'usernameKey')) {
    return conflict(UsernameTaken, 'username', 'Somebody has this username. Choose another one.');
  }
  if (isDuplicateKey(error, 'emailKey')) {
    return conflict(EmailTaken, 'email', 'There is an account with this address. Sign in instead.');
  }
  return error;
}

function conflict(type: ProblemType, path: string, message: string): DomainError {
  return new DomainError(type, { errors: [{ path, rule: 'taken', message }] });
}

function found(record: UserRecord | null): UserRecord {
  if (!record) throw new DomainError(NotFound);
  return record;
}
