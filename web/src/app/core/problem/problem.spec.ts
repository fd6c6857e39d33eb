import { HttpErrorResponse } from '@angular/common/http';
import { TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { codeOf, fieldMessage, ProblemError, toProblem } from './problem';

const taken = {
  type: 'urn:parlance:problem:username-taken',
  title: 'This username is taken.',
  status: 409,
  errors: [{ path: 'username', rule: 'taken', message: 'Choose another.' }],
};

describe('toProblem', () => {
  it('passes on what the server said, over HTTP and from an ack', () => {
    expect(toProblem(new HttpErrorResponse({ status: 409, error: taken }))).toBe(taken);
    expect(toProblem(new HttpErrorResponse({ status: 409, error: JSON.stringify(taken) }))).toEqual(taken);
    expect(toProblem(new ProblemError(taken))).toBe(taken);
  });

  it('says in its own words that the server cannot be reached or does not answer', () => {
    expect(codeOf(toProblem(new HttpErrorResponse({ status: 0 })))).toBe('unreachable');
    expect(codeOf(toProblem(new TimeoutError()))).toBe('timeout');
  });

  it('keeps the status of an answer that is no problem, and shows nothing of it', () => {
    const problem = toProblem(new HttpErrorResponse({ status: 502, error: '<html>Bad gateway</html>' }));
    expect(problem.status).toBe(502);
    expect(JSON.stringify(problem)).not.toContain('gateway');
  });

  it('makes something to show of anything', () => {
    expect(toProblem(new Error('secret detail')).title).toBe('Something went wrong.');
    expect(JSON.stringify(toProblem(new Error('secret detail')))).not.toContain('secret');
  });
});

describe('fieldMessage', () => {
  it('finds what a problem says of one field', () => {
    expect(fieldMessage(taken, 'username')).toBe('Choose another.');
    expect(fieldMessage(taken, 'email')).toBeUndefined();
    expect(fieldMessage(null, 'username')).toBeUndefined();
  });
});
