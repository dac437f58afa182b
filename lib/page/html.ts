import { contextsOf, type ValueContext } from './escape-contexts.ts';

/** Markup that was made by {@link html}: the only kind that stands in a page as it is. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** The address of a link that may be followed. */
class WebAddress {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Html = Markup;
export type Address = WebAddress;
export type Value = string | number | Html | Address | undefined | readonly Value[];

/**
 * A piece of HTML. Values are text: all that means something in HTML is escaped, whoever wrote it. Lists are joined,
 * undefined is nothing, and only pieces of HTML are taken as they are.
 *
 * A place where escaping would not help (a name of a tag, an attribute without quotes, a handler, a style, a script, an
 * address) is refused when the template is used for the first time, see {@link contextsOf}. Line breaks with the blanks
 * after them are left out.
 *
 * @example html`<p title="${name}">${name}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const { texts, contexts } = contextsOf(parts);
  const filled = contexts.map((context, index) => `${text(values[index], context)}${texts[index + 1]}`);
  return new Markup(`${texts[0]}${filled.join('')}`);
}

function text(value: Value, context: ValueContext): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') {
    if (context === 'address') throw new TypeError('an address that nobody checked');
    return escapedHtml(String(value));
  }
  if (value instanceof WebAddress) return escapedHtml(String(value));
  if (context !== 'text') throw new TypeError('markup within an attribute');
  return value instanceof Markup ? String(value) : value.map((one) => text(one, context)).join('');
}

function escapedHtml(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The style of a page. Its text is ours, and its hash stands in the policy of the page. */
export function styleElement(css: string): Html {
  if (css.includes('<')) throw new TypeError('a style that could end its element');
  return new Markup(`<style>${css}</style>`);
}

/** The address of something by its name, beside the page that links to it; whatever the name is, it leads nowhere else. */
export function besides(folder: 'tasks/', name: string): Address {
  return new WebAddress(`${folder}${encodeURIComponent(name.toWellFormed())}`);
}

const WEB: ReadonlySet<string> = new Set(['https:', 'http:']);

/** An address of the web, for people to follow; nothing for a script, a file or what is no address. */
export function address(url: string | undefined): Address | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return WEB.has(parsed.protocol) ? new WebAddress(parsed.href) : undefined;
}
