import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { AuthPolicy, SessionGrant } from '@parlance/contracts';
import type { Request, Response } from 'express';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { SameOrigin } from '../core/http/same-origin.guard.js';
import { Caller, type Identity, Public, SignedIn } from '../core/identity/index.js';
import { clientAddress } from '../core/realtime/client-address.js';
import { AuthCookies } from './auth-cookies.js';
import { SessionEnded } from './auth.problems.js';
import { AuthService, type Entry, type Visitor } from './auth.service.js';
import { deviceName } from './device-name.js';
import { AuthPolicyDto, SessionGrantDto } from './dto/answers.dto.js';
import { ChangePasswordDto } from './dto/change-password.dto.js';
import { LoginDto } from './dto/login.dto.js';
import { RegisterDto } from './dto/register.dto.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly cookies: AuthCookies,
    private readonly env: Env,
  ) {}

  @Public()
  @SameOrigin()
  @Post('register')
  @ApiOperation({ summary: 'Make an account and sign in' })
  @ApiCreatedResponse({ type: SessionGrantDto })
  @ApiConflictResponse({ description: 'username-taken, email-taken' })
  async register(@Body() body: RegisterDto, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return this.grant(await this.auth.register(body, this.visitor(request)), request, response);
  }

  @Public()
  @SameOrigin()
  @Post('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in' })
  @ApiOkResponse({ type: SessionGrantDto })
  @ApiUnauthorizedResponse({ description: 'bad-credentials' })
  @ApiTooManyRequestsResponse({ description: 'too-many-attempts' })
  async login(@Body() body: LoginDto, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return this.grant(await this.auth.login(body, this.visitor(request)), request, response);
  }

  @Public()
  @SameOrigin()
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'A new access token for the refresh cookie, which is rotated' })
  @ApiOkResponse({ type: SessionGrantDto })
  @ApiUnauthorizedResponse({ description: 'session-ended' })
  async refresh(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SessionGrant> {
    const { grant, refreshToken } = await this.auth
      .refresh(this.cookies.refreshToken(request))
      .catch((error: unknown) => {
        if (error instanceof DomainError && error.type === SessionEnded) this.cookies.clearRefreshToken(response);
        throw error;
      });
    if (refreshToken) this.cookies.setRefreshToken(response, refreshToken);
    return grant;
  }

  @Public()
  @SameOrigin()
  @Post('logout')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session of the refresh cookie' })
  @ApiNoContentResponse()
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    this.cookies.clearRefreshToken(response);
    await this.auth.logout(this.cookies.refreshToken(request));
  }

  @Public()
  @Get('policy')
  @ApiOperation({ summary: 'Password rules, and whether sign-up is open' })
  @ApiOkResponse({ type: AuthPolicyDto })
  policy(): AuthPolicy {
    return this.auth.policy();
  }

  @SignedIn()
  @Post('password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Change the password; all other sessions end' })
  @ApiNoContentResponse()
  changePassword(@Caller() caller: Identity, @Body() body: ChangePasswordDto, @Req() request: Request): Promise<void> {
    return this.auth.changePassword(caller, body, this.visitor(request));
  }

  private grant({ grant, refreshToken }: Entry, request: Request, response: Response): SessionGrant {
    if (refreshToken) this.cookies.setRefreshToken(response, refreshToken);
    this.cookies.rememberDevice(request, response, grant.user.id);
    return grant;
  }

  private visitor(request: Request): Visitor {
    return {
      address: clientAddress(request, this.env.trustProxyHops),
      device: deviceName(request.headers['user-agent']),
      knownDevice: (userId) => this.cookies.knownDevice(request, userId),
    };
  }
}
