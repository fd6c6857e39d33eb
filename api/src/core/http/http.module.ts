import { Global, Module } from '@nestjs/common';
import { AllowedOrigins } from './allowed-origins.js';

@Global()
@Module({ providers: [AllowedOrigins], exports: [AllowedOrigins] })
export class HttpModule {}
