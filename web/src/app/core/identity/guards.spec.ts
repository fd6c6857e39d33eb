import { describe, expect, it } from 'vitest';
import { safeNext } from './guards';

describe('safeNext', () => {
  it('goes back to a path of ours', () => {
    expect(safeNext('/chats/1')).toBe('/chats/1');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', undefined, null])(
    'goes to the chats in place of %s',
    (next) => expect(safeNext(next)).toBe('/chats'),
  );
});
