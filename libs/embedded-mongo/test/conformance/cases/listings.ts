import { DATABASE, type Case } from '../case.js';

/** Statements on what is listed of databases and collections. */
export const cases: readonly Case[] = [
  ...['nameOnly', 'authorizedCollections'].map((field): Case => ({
    name: `${field} of listCollections is a boolean, and no number`,
    manual: 'reference/command/listCollections/#command-fields',
    given: { c: [] },
    steps: [
      { command: { listCollections: 1, [field]: true, filter: { name: 'd' } }, documents: [] },
      {
        command: { listCollections: 1, [field]: 1 },
        error: { code: 14, mentions: [`listCollections.${field}`, "'int'", "expected type 'bool'"] },
      },
    ],
  })),
  {
    name: 'databases of which names are asked for only have nothing else that a filter could look at',
    manual: 'reference/command/listDatabases/#command-fields',
    given: { c: [] },
    steps: [
      {
        command: { listDatabases: 1, nameOnly: true, filter: { name: DATABASE, empty: false } },
        admin: true,
        answer: { databases: [] },
      },
      {
        command: { listDatabases: 1, nameOnly: true, filter: { name: DATABASE, sizeOnDisk: { $exists: false } } },
        admin: true,
        answer: { databases: [{ name: DATABASE }] },
      },
    ],
  },
];
