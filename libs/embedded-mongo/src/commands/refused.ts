import { MongoError, searchNotEnabled } from '../errors.js';
import type { Call } from './call.js';
import { checkAdmin, type Command } from './command.js';

/** Commands that MongoDB has and a standalone of it without users, search or replication refuses, in its words. */
export const REFUSED_COMMANDS: Record<string, Command> = {
  createSearchIndexes: searchIndexes(),
  updateSearchIndex: searchIndexes(),
  dropSearchIndex: searchIndexes(),
  // No password is right where there are no users.
  saslStart: refusal(() => new MongoError(18, 'Authentication failed.')),
  saslContinue: refusal(() => new MongoError(17, 'No SASL session state found')),
  replSetGetStatus: replication(),
  replSetGetConfig: replication(),
  // Those that name a transaction are refused before.
  abortTransaction: transaction(),
  commitTransaction: transaction(),
};

function refusal(error: (call: Call) => MongoError): Command {
  return {
    fields: 'any',
    run: (_server, call) => {
      throw error(call);
    },
  };
}

function searchIndexes(): Command {
  return refusal(() => searchNotEnabled('Atlas Search Database Commands and the $listSearchIndexes aggregation stage'));
}

function replication(): Command {
  return refusal((call) => {
    checkAdmin(call);
    return new MongoError(76, 'not running with --replSet');
  });
}

function transaction(): Command {
  return refusal((call) => {
    checkAdmin(call);
    return new MongoError(125, `${call.name} must be run within a transaction`);
  });
}
