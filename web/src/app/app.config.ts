import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
} from '@angular/core';
import { provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { routes } from './app.routes';
import { accessTokenInterceptor } from './core/identity/access-token.interceptor';
import { Session } from './core/identity/session';
import { extensions } from './extensions';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling({ scrollPositionRestoration: 'enabled' })),
    provideHttpClient(withFetch(), withInterceptors([accessTokenInterceptor])),
    // Guards need to know who is here. A server that cannot be asked is the app's own screen, not a failed start.
    provideAppInitializer(() =>
      inject(Session)
        .restore()
        .catch(() => undefined),
    ),
    ...extensions,
  ],
};
