import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import type { Identity } from './identity.js';

export type AccessRule = 'public' | 'signed-in' | 'admin';

/** Metadata key of the access rule of a handler or a class. */
export const ACCESS_RULE = Symbol('access-rule');

/** Anybody, signed in or not. */
export const Public = () => SetMetadata(ACCESS_RULE, 'public' satisfies AccessRule);

/** Whoever is signed in. */
export const SignedIn = () =>
  applyDecorators(SetMetadata(ACCESS_RULE, 'signed-in' satisfies AccessRule), ApiBearerAuth());

/** Administrators. */
export const AdminOnly = () => applyDecorators(SetMetadata(ACCESS_RULE, 'admin' satisfies AccessRule), ApiBearerAuth());

/** Where guards leave the identity, and where `@Caller()` finds it: the request, or the socket's data. */
export interface IdentityHolder {
  identity?: Identity;
}

export function identityHolder(context: ExecutionContext): IdentityHolder {
  if (context.getType() === 'ws') return context.switchToWs().getClient<{ data: IdentityHolder }>().data;
  return context.switchToHttp().getRequest<IdentityHolder>();
}

/** Parameter decorator: the identity of whoever asks, over HTTP and over the socket. Only on handlers that are not public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const { identity } = identityHolder(context);
  if (!identity) throw new Error('@Caller() stands on a handler that is public.');
  return identity;
});
