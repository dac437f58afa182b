/** The context in which a value is escaped: text, the value of an attribute, or an address. */
export type ValueContext = 'text' | 'attribute' | 'address';

interface Template {
  readonly texts: readonly string[];
  /** One fewer than the texts. */
  readonly contexts: readonly ValueContext[];
}

const known = new WeakMap<TemplateStringsArray, Template>();

/**
 * The contexts of the values in a template.
 *
 * @throws TypeError where a value could do harm although it is escaped; so no such template survives its first test
 */
export function contextsOf(parts: TemplateStringsArray): Template {
  const seen = known.get(parts);
  if (seen !== undefined) return seen;
  const texts = parts.map((part) => part.replaceAll(/\n\s*/g, ''));
  const template = { texts, contexts: contextsIn(texts) };
  known.set(parts, template);
  return template;
}

function contextsIn(texts: readonly string[]): ValueContext[] {
  let before = '';
  const contexts = texts.slice(0, -1).map((text) => {
    before += text;
    const hole = contextAfter(before);
    // A letter stands for the value: it changes no context.
    before += 'x';
    return hole;
  });
  if (openTag(before + texts.at(-1)) !== undefined) throw new TypeError('a template that ends within a tag');
  return contexts;
}

/** Elements whose content is not read as HTML, and comments. */
const OPAQUE = /<(?:script|style|textarea|noscript|iframe|xmp|!--)/i;

function contextAfter(before: string): ValueContext {
  if (OPAQUE.test(before)) throw new TypeError('a template with an element that is no HTML inside');
  const tag = openTag(before);
  if (tag === undefined) return 'text';
  const [, name, value] = /\s([\w:-]+)="([^"]*)$/.exec(tag) ?? [];
  if (name === undefined) throw new TypeError(`a value outside of quotes: ${tag}`);
  return attribute(name.toLowerCase(), value ?? '');
}

/** The text of a tag that has not ended yet. */
function openTag(text: string): string | undefined {
  const closed = text.replaceAll(/<[^<>"]*(?:"[^"]*"[^<>"]*)*>/g, '');
  const start = closed.indexOf('<');
  return start === -1 ? undefined : closed.slice(start);
}

const ADDRESSES: ReadonlySet<string> = new Set(['href', 'src', 'action', 'formaction', 'data', 'xlink:href']);

function attribute(name: string, value: string): ValueContext {
  if (name.startsWith('on') || name === 'style' || name === 'srcdoc') {
    throw new TypeError(`a value as code: ${name}`);
  }
  if (!ADDRESSES.has(name)) return 'attribute';
  // Within the page: whatever follows is a name.
  return value.startsWith('#') ? 'attribute' : 'address';
}
