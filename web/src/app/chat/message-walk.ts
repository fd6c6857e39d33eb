/** Buttons of messages, and messages themselves while one has been taken there: from these one walks. */
const STOPS = '[data-message-menu], [data-key]';

/**
 * Where an arrow key leads from message to message: to the next button before or after what has the focus, of which one at
 * a time is in the tab order; undefined when it leads nowhere.
 */
export function walkedTo(content: HTMLElement, { key, target }: KeyboardEvent): HTMLElement | undefined {
  if ((key !== 'ArrowUp' && key !== 'ArrowDown') || !(target instanceof HTMLElement)) return undefined;
  if (!target.matches(STOPS)) return undefined;
  const all = [...content.querySelectorAll<HTMLElement>('[data-message-menu]')];
  const isBeyond = (side: number) => (button: HTMLElement) =>
    (target.compareDocumentPosition(button) & side) !== 0 && button !== target;
  return key === 'ArrowUp'
    ? all.findLast(isBeyond(Node.DOCUMENT_POSITION_PRECEDING))
    : all.find(isBeyond(Node.DOCUMENT_POSITION_FOLLOWING));
}
