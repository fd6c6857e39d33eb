import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { AvatarChoice, AvatarChoices, OwnUser, UpdateProfileRequest, User } from '@parlance/contracts';
import { firstValueFrom, map } from 'rxjs';
import { Session } from '../core/identity/session';

/** One's own profile on the server. Everything fails with the error of HTTP and updates the session when it succeeds. */
@Injectable({ providedIn: 'root' })
export class OwnProfile {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  update(changes: UpdateProfileRequest): Promise<void> {
    return this.apply(this.http.patch<OwnUser>('/api/users/me', changes));
  }

  /** Generated pictures to choose from; each page has others. */
  avatarChoices(page: number, count: number): Promise<AvatarChoice[]> {
    const answer = this.http.get<AvatarChoices>('/api/avatars/choices', { params: { page, count } });
    return firstValueFrom(answer.pipe(map(({ items }) => items)));
  }

  chooseAvatar(choice: string): Promise<void> {
    return this.apply(this.http.put<User>('/api/users/me/avatar', { choice }));
  }

  uploadAvatar(file: File): Promise<void> {
    const form = new FormData();
    form.append('file', file);
    return this.apply(this.http.put<User>('/api/users/me/avatar', form));
  }

  removeAvatar(): Promise<void> {
    return this.apply(this.http.delete<User>('/api/users/me/avatar'));
  }

  private async apply(answer: ReturnType<HttpClient['get']>): Promise<void> {
    this.session.updateUser((await firstValueFrom(answer)) as User);
  }
}
