import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SessionDirectory } from '../core/identity/index.js';
import { UsersModule } from '../users/users.module.js';
import { AuditLog } from './audit-log.js';
import { AuthCookies } from './auth-cookies.js';
import { AuthController } from './auth.controller.js';
import { AuthGateway } from './auth.gateway.js';
import { AuthService } from './auth.service.js';
import { CREDENTIAL_MODEL, credentialSchema } from './credential.schema.js';
import { CredentialsRepository } from './credentials.repository.js';
import { LiveSessions } from './live-sessions.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordsService } from './passwords.service.js';
import { SESSION_MODEL, sessionSchema } from './session.schema.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInAttempts } from './sign-in-attempts.js';

/** Accounts, passwords and sessions. Global for the `SessionDirectory` that core's guard asks. */
@Global()
@Module({
  imports: [
    UsersModule,
    MongooseModule.forFeature([
      { name: CREDENTIAL_MODEL, schema: credentialSchema },
      { name: SESSION_MODEL, schema: sessionSchema },
    ]),
  ],
  controllers: [AuthController, SessionsController],
  providers: [
    AuditLog,
    AuthCookies,
    AuthGateway,
    AuthService,
    CredentialsRepository,
    LiveSessions,
    PasswordHasher,
    PasswordPolicy,
    PasswordsService,
    SessionsRepository,
    SessionsService,
    SignInAttempts,
    { provide: SessionDirectory, useExisting: LiveSessions },
  ],
  exports: [SessionDirectory, SessionsService],
})
export class AuthModule {}
