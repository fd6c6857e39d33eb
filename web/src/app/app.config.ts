import { APP_BASE_HREF } from '@angular/common';
import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideRouter, withComponentInputBinding, withDisabledInitialNavigation } from '@angular/router';
import { routes } from './app.routes';
import { accessTokenInterceptor } from './core/identity/access-token.interceptor';
import { extensions } from './extensions';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withDisabledInitialNavigation()),
    provideHttpClient(withFetch(), withInterceptors([accessTokenInterceptor])),
    // Instead of a <base> in the page, which the content policy forbids: nothing may move the base of our addresses.
    { provide: APP_BASE_HREF, useValue: '/' },
    ...extensions,
  ],
};
