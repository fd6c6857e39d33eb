import { describe, expect, it } from 'vitest';
import { Changes, replay } from './changes.js';

/** A table in memory, as the journal sees one. */
function table(): {
  rows: Map<string, string>;
  putSync(key: Buffer, value: Buffer): void;
  removeSync(key: Buffer): void;
} {
  const rows = new Map<string, string>();
  return {
    rows,
    putSync: (key, value) => void rows.set(key.toString(), value.toString()),
    removeSync: (key) => void rows.delete(key.toString()),
  };
}

const b = (text: string): Buffer => Buffer.from(text);

describe('changes', () => {
  it('can be made once more, each in its table and in their order, as often as one likes', () => {
    const changes = new Changes(1_000_000);
    const long = 'long '.repeat(30_000);
    changes.put(0, b('a'), b('first'));
    changes.put(1, b('a'), b('other table'));
    changes.put(0, b('gone'), b('soon'));
    changes.put(0, b('a'), b('second'));
    changes.remove(0, b('gone'));
    changes.put(1, b('empty'), b(''));
    changes.put(1, b('long'), b(long));
    const bytes = Buffer.from(changes.bytes ?? '');
    const tables = [table(), table()];
    for (let time = 0; time < 2; time++) {
      replay(bytes, tables);
      expect([...(tables[0]?.rows ?? [])]).toEqual([['a', 'second']]);
      expect([...(tables[1]?.rows ?? [])].sort()).toEqual([
        ['a', 'other table'],
        ['empty', ''],
        ['long', long],
      ]);
    }
  });

  it('are not kept beyond the limit, and again after they were cleared', () => {
    const changes = new Changes(100);
    changes.put(0, b('key'), Buffer.alloc(80));
    expect(changes.bytes?.length).toBe(90);
    changes.remove(0, b('another key'));
    changes.remove(0, b('k'));
    expect(changes.bytes).toBeUndefined();
    changes.clear();
    changes.remove(0, b('k'));
    expect(changes.bytes?.length).toBe(4);
  });

  it('of a table that there is not are refused', () => {
    const changes = new Changes(100);
    changes.put(7, b('key'), b('value'));
    expect(() => replay(changes.bytes ?? b(''), [table()])).toThrow('there is no table 7');
  });
});
