import { Injectable } from '@nestjs/common';
import { type Page, PAGE, type User } from '@parlance/contracts';
import { DirectoryCursor } from './directory-cursor.js';
import { searchWords } from './fold.js';
import { toUser } from './user-view.js';
import { UsersRepository } from './users.repository.js';

export interface DirectoryRequest {
  /** Beginnings of the username or of words of the display name. */
  query?: string;
  limit?: number;
  cursor?: string;
}

/** Everybody but oneself, in the order of usernames: whoever is there when paging begins comes exactly once. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly users: UsersRepository,
    private readonly cursor: DirectoryCursor,
  ) {}

  /** Throws `ValidationFailed` for a cursor that is not ours. */
  async page(
    userId: string,
    { query = '', limit = PAGE.users.default, cursor }: DirectoryRequest,
  ): Promise<Page<User>> {
    const records = await this.users.directory({
      keys: searchWords(query),
      ...(cursor !== undefined && { after: this.cursor.decode(cursor) }),
      // One more than is shown tells whether there is a next page.
      limit: limit + 1,
      except: userId,
    });
    const shown = records.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(toUser),
      ...(records.length > limit && last && { next: this.cursor.encode(last.usernameKey) }),
    };
  }
}
