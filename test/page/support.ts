/** Names that somebody gives a task to do harm, or by accident. */
const TEXTS = [
  '<script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title><img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)" x="',
  "' onfocus='alert(1)' autofocus='",
  '--><svg/onload=alert(1)>',
  '&lt;b&gt; & &amp; &#60;',
  'javascript:alert(1)',
  '${alert(1)}{{1+1}}',
  'a\u202Egnp.exe',
  '\u2066left\u2069 \u2067right',
  'line\nbreak\r\n\ttab\u0000null\u001b[31m',
  '\u2028\u2029\u0085',
  '\ud800 lone \udc00',
  '👩‍👩‍👧‍👦 😀 缓存 بحث עברית',
  'W'.repeat(10_000),
  '<'.repeat(10_000),
  '',
  '   ',
];

/** With a short title for each. */
export const HOSTILE = TEXTS.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const);

const ELEMENTS: ReadonlySet<string> = new Set(
  'html head meta title link style body div header main footer nav section h1 h2 h3 p ul li dl dt dd b span small a code bdi time table thead tbody tr th td progress figure figcaption svg g path line rect circle text tspan'.split(
    ' ',
  ),
);

const ATTRIBUTES: ReadonlySet<string> = new Set(
  'lang charset http-equiv content name rel href class id aria-label aria-labelledby aria-hidden role scope title datetime data-l max value viewBox preserveAspectRatio overflow width height x y x1 x2 y1 y2 cx cy r d text-anchor'.split(
    ' ',
  ),
);

const TAG = /<(\/?)([a-z0-9]+)((?: [a-zA-Z0-9:-]+="[^"]*")*)\/?>/g;
/** The style and the icon are ours, and tested by themselves. */
const OURS = /<style>[^<]*<\/style>|<link rel="icon" href="data:[^"]*">/g;

/**
 * Reads a page more strictly than any browser: all that is not a tag of ours is text.
 *
 * @returns its text, with the escapes undone
 */
export function textOf(page: string): string {
  const markup = page.replace(/^<!doctype html>\n/, '').replaceAll(OURS, '');
  const text = markup.replaceAll(TAG, (_tag, _slash, name: string, attributes: string) => {
    if (!ELEMENTS.has(name)) throw new Error(`an element that no page has: ${name}`);
    for (const [, attribute = ''] of attributes.matchAll(/ ([a-zA-Z0-9:-]+)="[^"]*"/g)) {
      if (!ATTRIBUTES.has(attribute)) throw new Error(`an attribute that no page has: ${attribute}`);
    }
    return '\n';
  });
  if (/[<>"]/.test(text)) throw new Error(`markup that is none: ${/.{0,40}[<>"].{0,40}/s.exec(text)?.[0]}`);
  return text.replaceAll(/&#(\d+);/g, (_escape, code: string) => String.fromCharCode(Number(code)));
}

type TextFor = (path: string, text: string) => string;

/** The same value with another text in place of each; keys stay. */
export function withTexts<T>(value: T, textFor: TextFor, path?: string): T;
export function withTexts(value: unknown, textFor: TextFor, path = ''): unknown {
  if (typeof value === 'string') return textFor(path, value);
  if (Array.isArray(value)) return value.map((one) => withTexts(one, textFor, path));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, withTexts(one, textFor, `${path}.${key}`)]);
  return Object.fromEntries(entries);
}
