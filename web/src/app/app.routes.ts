import type { Routes } from '@angular/router';
import { signedIn, signedInToLoad, signedOut } from './core/identity/guards';

/** Every screen is loaded when it is first opened. */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: 'Sign in · Parlance',
    canActivate: [signedOut],
    loadComponent: () => import('./auth/sign-in-screen').then((m) => m.SignInScreen),
  },
  {
    path: 'register',
    title: 'Create an account · Parlance',
    canActivate: [signedOut],
    loadComponent: () => import('./auth/register-screen').then((m) => m.RegisterScreen),
  },
  {
    path: 'welcome',
    title: 'Choose an avatar · Parlance',
    canActivate: [signedIn],
    loadComponent: () => import('./auth/welcome-screen').then((m) => m.WelcomeScreen),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then((m) => m.Shell),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'chats' },
      {
        path: 'chats',
        canMatch: [signedInToLoad],
        loadChildren: () => import('./chat/chat.routes').then((m) => m.chatRoutes),
      },
      {
        path: 'people',
        title: 'People · Parlance',
        loadComponent: () => import('./users/people-screen').then((m) => m.PeopleScreen),
      },
      {
        path: 'settings',
        title: 'Settings · Parlance',
        loadComponent: () => import('./settings/settings-screen').then((m) => m.SettingsScreen),
      },
    ],
  },
  {
    path: '**',
    title: 'Not found · Parlance',
    loadComponent: () => import('./shell/not-found-screen').then((m) => m.NotFoundScreen),
  },
];
