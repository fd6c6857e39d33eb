import { Component, signal, viewChild } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { MESSAGE_BODY } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { Composer } from './composer';

@Component({
  selector: 'app-host',
  imports: [Composer],
  template: `
    <app-composer
      label="Message Ben"
      [text]="text()"
      (textChange)="text.set($event)"
      (send)="sent.push($event)"
      (typing)="typing.push($event)"
    />
  `,
})
class Host {
  readonly composer = viewChild.required(Composer);
  readonly text = signal('');
  readonly sent: string[] = [];
  readonly typing: boolean[] = [];
}

function shown() {
  const fixture = TestBed.createComponent(Host);
  const element = fixture.nativeElement as HTMLElement;
  fixture.detectChanges();
  const field = element.querySelector('textarea') as HTMLTextAreaElement;
  const type = (text: string) => {
    field.value = text;
    field.dispatchEvent(new Event('input'));
    fixture.detectChanges();
  };
  const press = (init: KeyboardEventInit) => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init });
    field.dispatchEvent(event);
    fixture.detectChanges();
    return event;
  };
  const sendButton = element.querySelector('button[type=submit]') as HTMLButtonElement;
  return { host: fixture.componentInstance, element, field, type, press, sendButton };
}

describe('Composer', () => {
  it('sends with Enter, and leaves the text until it is told that it was kept', () => {
    const { host, field, type, press } = shown();
    type('  hello  ');
    press({});
    expect(host.sent).toEqual(['hello']);
    expect(field.value).toBe('  hello  ');
  });

  it('neither sends nor tells of a text of which nothing can be seen', () => {
    const { host, type, press, sendButton } = shown();
    type(' \u200b\u2060\ufeff\u200e ');
    expect(sendButton.disabled).toBe(true);
    press({});
    expect(host.sent).toEqual([]);
    expect(host.typing).not.toContain(true);
  });

  it('turns to another text at once, so that what is typed before the screen is drawn replaces it or follows it', () => {
    const { host, field, type } = shown();
    type('a draft');
    host.text.set('Shall we meet at ten?');
    host.composer().turnTo('Shall we meet at ten?');
    field.select();
    field.setRangeText('At eleven?', field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input'));
    TestBed.tick();
    expect(field.value).toBe('At eleven?');
    expect(host.text()).toBe('At eleven?');

    host.composer().turnTo('a draft');
    field.setRangeText('!', field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input'));
    expect(host.text()).toBe('a draft!');
  });

  it('sends what stands in the field, also what was typed since the screen was last drawn', () => {
    const { host, field, type, press } = shown();
    type('by key');
    field.value = 'by keyboard';
    field.dispatchEvent(new Event('input'));
    press({});
    expect(host.sent).toEqual(['by keyboard']);
  });

  it('sends a text once while Enter is held down, and the same words again when they are typed again', () => {
    const { host, type, press } = shown();
    type('hello');
    press({});
    press({ repeat: true });
    press({ repeat: true });
    expect(host.sent).toEqual(['hello']);
    type('');
    type('hello');
    press({});
    expect(host.sent).toEqual(['hello', 'hello']);
  });

  it('does not send what comes into the field while Enter is still held down', () => {
    const { host, type, press } = shown();
    type('another text for a message');
    press({});
    host.composer().turnTo('half a thought');
    host.text.set('half a thought');
    press({ repeat: true });
    expect(host.sent).toEqual(['another text for a message']);
  });

  it('starts a line with Shift and Enter', () => {
    const { host, type, press } = shown();
    type('hello');
    expect(press({ shiftKey: true }).defaultPrevented).toBe(false);
    expect(host.sent).toEqual([]);
  });

  it('leaves Enter to the input method while a word is being composed', () => {
    const { host, type, press } = shown();
    type('こんにちは');
    press({ isComposing: true });
    press({ keyCode: 229 });
    expect(host.sent).toEqual([]);
  });

  it('sends no empty text', () => {
    const { host, type, press, sendButton } = shown();
    type(' \n ');
    press({});
    expect(host.sent).toEqual([]);
    expect(sendButton.disabled).toBe(true);
  });

  it('counts characters as the server does, near the limit, and sends nothing beyond it', () => {
    const { host, element, type, press } = shown();
    const count = () => element.querySelector('#composer-count')?.textContent?.trim();
    type('a'.repeat(MESSAGE_BODY.maxCodePoints - 201));
    expect(count()).toBe('');
    type('👍'.repeat(MESSAGE_BODY.maxCodePoints - 1));
    expect(count()).toBe('1 left');
    type('👍'.repeat(MESSAGE_BODY.maxCodePoints + 1));
    expect(count()).toBe('1 character too long');
    press({});
    expect(host.sent).toEqual([]);
  });

  it('says that one types, and that one has stopped', () => {
    const { host, field, type, press } = shown();
    type('h');
    press({});
    field.dispatchEvent(new Event('blur'));
    expect(host.typing).toEqual([true, false, false]);
  });
});
