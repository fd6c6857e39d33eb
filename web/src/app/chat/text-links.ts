/** A stretch of a text; with an address when it is one that can be gone to. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

/** Of the schemes that people write, those that lead to a page and nowhere else. What is not seen belongs to no address. */
const ADDRESS = /\bhttps?:\/\/(?:(?!\p{Default_Ignorable_Code_Point})[^\s<>"“”«»])+/giu;
const PUNCTUATION = /[.,;:!?…'’)\]}*_~]/u;
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Without what ends the sentence and not the address: a bracket stays that was opened inside. */
function trimmed(address: string): string {
  const counts = new Map<string, number>();
  for (const character of address) counts.set(character, (counts.get(character) ?? 0) + 1);
  const countOf = (character: string) => counts.get(character) ?? 0;
  let end = address.length;
  for (; end > 0 && PUNCTUATION.test(address.charAt(end - 1)); end--) {
    const last = address.charAt(end - 1);
    const opening = OPENING[last];
    if (opening && countOf(opening) >= countOf(last)) break;
    counts.set(last, countOf(last) - 1);
  }
  return address.slice(0, end);
}

/** Takes a text apart into what leads somewhere and what does not; put together again, the parts are the text. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(found);
    if (!URL.canParse(address)) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: address, href: address });
    from = index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
