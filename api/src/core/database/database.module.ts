import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import mongoose from 'mongoose';
import { Env } from '../config/env.js';
import { DatabaseServer } from './connection.js';
import { DatabaseProbe } from './database-probe.js';
import { StoreMetrics } from './store-metrics.js';

// An operator of MongoDB's in a filter is ours only where the code says so with `trusted()`.
mongoose.set({ strictQuery: true, sanitizeFilter: true });

const SERVER_SELECTION_MS = 5_000;

@Global()
@Module({ providers: [DatabaseServer], exports: [DatabaseServer] })
class DatabaseServerModule {}

/** Mongoose on whichever database there is, with the defaults that keep foreign input out of queries. */
@Global()
@Module({
  imports: [
    DatabaseServerModule,
    MongooseModule.forRootAsync({
      imports: [DatabaseServerModule],
      inject: [DatabaseServer, Env],
      useFactory: async (server: DatabaseServer) => ({
        uri: await server.uri(),
        dbName: server.name,
        serverSelectionTimeoutMS: SERVER_SELECTION_MS,
        // Acknowledged means on disk, on a majority where there is one.
        writeConcern: { w: 'majority', journal: true },
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [DatabaseProbe, StoreMetrics],
  exports: [DatabaseProbe],
})
export class DatabaseModule {}
