import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BootError } from '../config/boot-error.js';
import { Env } from '../config/env.js';
import { Metrics } from './metrics.js';
import { serveMetrics } from './serve-metrics.js';

/** `/metrics` on a port of its own, when `METRICS_PORT` names one. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private server: Server | undefined;

  constructor(
    private readonly env: Env,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort, host } = this.env;
    if (metricsPort === 0) return;
    const server = createServer((request, response) => {
      const path = request.url?.split('?')[0];
      if (path !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      serveMetrics({ metrics: this.metrics, env: this.env, own: true }, request, response).catch((error: unknown) => {
        this.logger.error('The metrics could not be collected.', error instanceof Error ? error.stack : undefined);
        response.destroy();
      });
    });
    this.server = server;
    const failed = once(server, 'error').then(([error]) => {
      throw new BootError(
        `METRICS_PORT ${metricsPort} cannot be listened on (${(error as NodeJS.ErrnoException).code}).`,
      );
    });
    server.listen(metricsPort, host);
    await Promise.race([once(server, 'listening'), failed]);
    failed.catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
