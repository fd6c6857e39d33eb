import 'reflect-metadata';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from '@jest/globals';
import { AdminOnly, Public, SignedIn } from './access.js';
import { AccessAudit } from './access-audit.js';

@Controller('open')
class UndeclaredController {
  @Get()
  leak(): string {
    return '';
  }

  @Public()
  @Get('fine')
  fine(): string {
    return '';
  }
}

@WebSocketGateway()
class UndeclaredGateway {
  @SubscribeMessage('leak')
  leak(): string {
    return '';
  }
}

@SignedIn()
@Controller('declared')
class DeclaredController {
  @Get()
  covered(): string {
    return '';
  }

  @AdminOnly()
  @Get('admin')
  stricter(): string {
    return '';
  }

  notReachable(): string {
    return '';
  }
}

@Injectable()
class PlainService {
  work(): string {
    return '';
  }
}

async function boot(controllers: Type[], providers: Type[] = []): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers, providers: [AccessAudit, ...providers] })
  class SampleModule {}
  const module = await Test.createTestingModule({ imports: [SampleModule] }).compile();
  await module.init();
  await module.close();
}

describe('AccessAudit', () => {
  it('lets an application boot whose every handler declares who may call it', async () => {
    await expect(boot([DeclaredController], [PlainService])).resolves.toBeUndefined();
  });

  it('stops the boot at a route that declares nothing, and names it alone', async () => {
    await expect(boot([DeclaredController, UndeclaredController])).rejects.toThrow(/: UndeclaredController\.leak$/);
  });

  it('stops the boot at a socket event that declares nothing', async () => {
    await expect(boot([], [UndeclaredGateway])).rejects.toThrow('UndeclaredGateway.leak');
  });
});
