import { describe, expect, it } from '@jest/globals';
import { ChangeRounds } from './change-rounds.js';

describe('rounds of changes', () => {
  const start = () => {
    const rounds = new ChangeRounds();
    const log: string[] = [];
    const add = (conversationId: string, name: string) =>
      rounds.add(conversationId, async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        return name;
      });
    return { rounds, log, add };
  };

  it('are not due before a change waits', async () => {
    const { rounds, add } = start();
    expect(rounds.areDue).toBe(false);
    const change = add('a', 'first');
    expect(rounds.areDue).toBe(true);
    await rounds.runOne();
    expect(await change).toBe('first');
    expect(rounds.areDue).toBe(false);
  });

  it('take the changes of one conversation one round each, in their order', async () => {
    const { rounds, log, add } = start();
    const changes = [add('a', 'first'), add('a', 'second')];
    await rounds.runOne();
    expect(log).toEqual(['first begins', 'first ends']);
    await rounds.runOne();
    expect(log.slice(2)).toEqual(['second begins', 'second ends']);
    expect(await Promise.all(changes)).toEqual(['first', 'second']);
  });

  it('run changes of different conversations side by side', async () => {
    const { rounds, log, add } = start();
    void add('a', 'one');
    void add('b', 'other');
    await rounds.runOne();
    expect(log).toEqual(['one begins', 'other begins', 'one ends', 'other ends']);
  });

  it('are bounded, and take first what waits longest', async () => {
    const { rounds, log, add } = start();
    for (let n = 1; n <= 20; n++) void add(`conversation ${n}`, `${n}`);
    await rounds.runOne();
    expect(log).toHaveLength(2 * 16);
    void add('conversation 1', 'late');
    await rounds.runOne();
    expect(log.filter((line) => line.endsWith('begins')).slice(16)).toEqual(
      ['17', '18', '19', '20', 'late'].map((name) => `${name} begins`),
    );
  });

  it('tell a failure to whoever asked, and nobody else', async () => {
    const { rounds, add } = start();
    const failing = rounds.add('a', () => Promise.reject(new Error('It did not work.')));
    const other = add('b', 'other');
    const refused = expect(failing).rejects.toThrow('It did not work.');
    await rounds.runOne();
    await refused;
    expect(await other).toBe('other');
  });
});
