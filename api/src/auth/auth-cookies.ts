import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parse } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { Env } from '../core/config/env.js';

const DAY_MS = 86_400_000;
const DEVICE_DAYS = 365;
/** People who share a device; the one who signed in longest ago is forgotten first. */
const MAX_OWNERS = 5;
const PATH = '/api/auth';

/**
 * The two cookies of auth: the refresh token, and the mark of a device that has signed in before. Over TLS both carry
 * the `__Secure-` prefix; `__Host-` would force `Path=/` and send them with every request.
 */
@Injectable()
export class AuthCookies {
  private readonly secure: boolean;

  constructor(private readonly env: Env) {
    this.secure = env.publicOrigin?.startsWith('https:') ?? false;
  }

  refreshToken(request: Request): string | undefined {
    return this.read(request, 'parlance_refresh');
  }

  setRefreshToken(response: Response, token: string): void {
    response.cookie(this.name('parlance_refresh'), token, this.options(this.env.sessionAbsoluteDays * DAY_MS));
  }

  clearRefreshToken(response: Response): void {
    response.clearCookie(this.name('parlance_refresh'), this.options());
  }

  /** Id of the device, if it has signed in to this account before. */
  knownDevice(request: Request, userId: string): string | undefined {
    const known = this.device(request);
    return known?.owners.includes(userId) ? known.id : undefined;
  }

  /** Marks the device as one that has signed in to this account. */
  rememberDevice(request: Request, response: Response, userId: string): void {
    const known = this.device(request);
    const owners = [userId, ...(known?.owners.filter((owner) => owner !== userId) ?? [])].slice(0, MAX_OWNERS);
    const body = [known?.id ?? randomBytes(16).toString('hex'), ...owners].join('.');
    response.cookie(this.name('parlance_device'), `${body}.${this.sign(body)}`, this.options(DEVICE_DAYS * DAY_MS));
  }

  /** What the device cookie says, if we have signed it. */
  private device(request: Request): { id: string; owners: string[] } | undefined {
    const parts = this.read(request, 'parlance_device')?.split('.') ?? [];
    const given = Buffer.from(parts.pop() ?? '');
    const expected = Buffer.from(this.sign(parts.join('.')));
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const [id, ...owners] = parts;
    return id === undefined ? undefined : { id, owners };
  }

  private sign(text: string): string {
    return createHmac('sha256', this.env.cookieSecret).update(`device:${text}`).digest('base64url');
  }

  private read(request: Request, name: string): string | undefined {
    return parse(request.headers.cookie ?? '')[this.name(name)];
  }

  private name(name: string): string {
    return this.secure ? `__Secure-${name}` : name;
  }

  private options(maxAge?: number): CookieOptions {
    return {
      httpOnly: true,
      secure: this.secure,
      sameSite: 'strict',
      path: PATH,
      ...(maxAge !== undefined && { maxAge }),
    };
  }
}
