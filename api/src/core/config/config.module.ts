import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { Env } from './env.js';
import { loadEnv } from './load-env.js';

/** Root of the repository, seen from `api/src/core/config` and from `api/dist/core/config` alike. */
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Reads `.env` and the environment, once; what the process was started with wins. Everybody injects `Env`. */
@Global()
@Module({
  imports: [
    NestConfigModule.forRoot({ envFilePath: join(ROOT, '.env'), ignoreEnvFile: process.env.NODE_ENV === 'test' }),
  ],
  providers: [{ provide: Env, useFactory: () => loadEnv(process.env) }],
  exports: [Env],
})
export class ConfigModule {}
