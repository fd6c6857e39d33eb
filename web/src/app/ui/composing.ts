/**
 * Whether this key belongs to an input method, e.g. Enter that takes the word it offers (W3C UI Events, 5.1).
 * Safari says so of the last key with key code 229 only.
 */
export function isComposing(event: Event): boolean {
  return event instanceof KeyboardEvent && (event.isComposing || event.keyCode === 229);
}
