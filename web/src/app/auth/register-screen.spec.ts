import { TestBed } from '@angular/core/testing';
import { HttpTestingController } from '@angular/common/http/testing';
import { provideRouter } from '@angular/router';
import { describe, expect, it, vi } from 'vitest';
import { Session } from '../core/identity/session';
import { ProblemError } from '../core/problem/problem';
import { setUp } from '../messages/testing/harness';
import { RegisterScreen } from './register-screen';

const taken = new ProblemError({
  type: 'urn:parlance:problem:username-taken',
  title: 'This username is taken.',
  status: 409,
  errors: [{ path: 'username', rule: 'taken', message: 'Somebody has this username.' }],
});

async function shown(register: () => Promise<void>, policy: 'open' | 'closed' = 'open') {
  const { http } = setUp(null, provideRouter([]), { provide: Session, useValue: { register } });
  const fixture = TestBed.createComponent(RegisterScreen);
  const element = fixture.nativeElement as HTMLElement;
  http.expectOne('/api/auth/policy').flush({ password: { minLength: 8, maxLength: 256 }, signup: policy });
  await fixture.whenStable();
  const field = (name: string) => element.querySelector<HTMLInputElement>(`input[name=${name}]`);
  const type = async (name: string, text: string) => {
    const input = field(name);
    if (!input) throw new Error(`There is no field ${name}.`);
    input.value = text;
    input.dispatchEvent(new Event('input'));
    await fixture.whenStable();
  };
  const submit = async () => {
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await fixture.whenStable();
  };
  return { element, field, type, submit, http: TestBed.inject(HttpTestingController) };
}

async function fill({ type }: Awaited<ReturnType<typeof shown>>) {
  await type('username', 'ada.sample');
  await type('email', 'ada@example.org');
  await type('password', 'quiet harbour 72');
}

describe('RegisterScreen', () => {
  it('shows what the server refuses at its field, loses nothing typed, and drops it with the next letter', async () => {
    const screen = await shown(() => Promise.reject(taken));
    await fill(screen);
    await screen.submit();
    expect(screen.element.textContent).toContain('Somebody has this username.');
    expect(screen.field('username')?.getAttribute('aria-invalid')).toBe('true');
    const described = screen.field('username')?.getAttribute('aria-describedby') ?? '';
    expect(screen.element.querySelector(`[id="${described}"]`)?.textContent).toContain('Somebody has this username.');
    expect(screen.field('email')?.value).toBe('ada@example.org');
    expect(screen.field('password')?.value).toBe('quiet harbour 72');

    await screen.type('username', 'ada.sample2');
    expect(screen.element.textContent).not.toContain('Somebody has this username.');
  });

  it('asks the server only for what could be accepted', async () => {
    const register = vi.fn(() => Promise.resolve());
    const screen = await shown(register);
    await screen.type('username', 'a');
    await screen.submit();
    expect(register).not.toHaveBeenCalled();
    expect(screen.element.textContent).toContain('Enter your e-mail address.');
  });

  it('sends once, however often one presses', async () => {
    const register = vi.fn(() => new Promise<void>(() => undefined));
    const screen = await shown(register);
    await fill(screen);
    await screen.submit();
    await screen.submit();
    expect(register).toHaveBeenCalledOnce();
    expect(register).toHaveBeenCalledWith({
      username: 'ada.sample',
      email: 'ada@example.org',
      password: 'quiet harbour 72',
    });
  });

  it('has no form where nobody can register', async () => {
    const screen = await shown(() => Promise.resolve(), 'closed');
    expect(screen.element.querySelector('form')).toBeNull();
    expect(screen.element.textContent).toContain('takes no new accounts');
  });
});
