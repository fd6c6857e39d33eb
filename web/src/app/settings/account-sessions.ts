import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { ChangePasswordRequest, DeviceSession } from '@parlance/contracts';
import { firstValueFrom } from 'rxjs';

/** One's own devices and password on the server. Everything fails with the error of HTTP. */
@Injectable({ providedIn: 'root' })
export class AccountSessions {
  private readonly http = inject(HttpClient);

  list(): Promise<DeviceSession[]> {
    return firstValueFrom(this.http.get<DeviceSession[]>('/api/auth/sessions'));
  }

  end(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/auth/sessions/${encodeURIComponent(id)}`));
  }

  endOthers(): Promise<unknown> {
    return firstValueFrom(this.http.delete('/api/auth/sessions'));
  }

  changePassword(request: ChangePasswordRequest): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/auth/password', request));
  }
}
