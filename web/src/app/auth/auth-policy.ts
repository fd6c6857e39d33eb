import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { AuthPolicy as Policy } from '@parlance/contracts';
import { type Observable, shareReplay } from 'rxjs';

/** What this server asks of passwords, and whether it takes new people. Asked once; fails with the error of HTTP. */
@Injectable({ providedIn: 'root' })
export class AuthPolicy {
  readonly policy$: Observable<Policy> = inject(HttpClient)
    .get<Policy>('/api/auth/policy')
    .pipe(shareReplay({ bufferSize: 1, refCount: false }));
}
