import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, html, styleElement } from '../../lib/page/html.ts';
import { nameOf, plainName, sentence } from '../../lib/page/text.ts';
import { HOSTILE, textOf } from './support.ts';

const anyName = fc.oneof(
  fc.constantFrom(...HOSTILE.map(([, text]) => text)),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string(),
);

describe('a piece of HTML', () => {
  it('shows every text as it is, wherever it stands', async () => {
    await fc.assert(
      fc.property(anyName, anyName, (one, other) => {
        const page = String(html`<p title="${one}">${other}</p>`);
        expect(textOf(page)).toBe(`\n${other}\n`);
        expect(page.match(/"/g)).toHaveLength(2);
      }),
      { numRuns: 500 },
    );
  });

  it('joins lists, leaves out what is undefined, and takes other pieces as they are', () => {
    expect(String(html`<ul>${[html`<li>a</li>`, undefined, html`<li>${1}</li>`]}</ul>`)).toBe(
      '<ul><li>a</li><li>1</li></ul>',
    );
  });

  it('leaves out the line breaks of its template, and none of a value', () => {
    expect(
      String(html`
      <p>a
      ${'b\n  c'}</p>`),
    ).toBe('<p>ab\n  c</p>');
  });

  it.each([
    ['without quotes', () => html`<p title=${'x'}>`],
    ['in single quotes', () => html`<p title='${'x'}'>`],
    ['as the name of a tag', () => html`<${'p'}>`],
    ['as an attribute', () => html`<p ${'hidden'}>`],
    ['in a script', () => html`<script>${'x'}</script>`],
    ['in a style', () => html`<style>${'x'}</style>`],
    ['in a comment', () => html`<!-- ${'x'} -->`],
    ['as a handler', () => html`<p onclick="${'x'}">`],
    ['as a style', () => html`<p style="${'x'}">`],
    ['as a whole page in a frame', () => html`<p srcdoc="${'x'}">`],
    ['in a tag that does not end', () => html`<p title="${'x'}"`],
    ['as an address that nobody checked', () => html`<a href="${'https://example.com'}">x</a>`],
    ['as an address of another element', () => html`<img src="${'https://example.com'}">`],
  ])('refuses a value %s', (_where, make) => {
    expect(make).toThrow(TypeError);
  });

  it('refuses markup within an attribute', () => {
    expect(() => html`<p title="${html`<b>x</b>`}">x</p>`).toThrow('markup within an attribute');
  });

  it('links within the page to whatever name, as a name', () => {
    expect(String(html`<a href="#${'"x'}">x</a>`)).toBe('<a href="#&quot;x">x</a>');
  });

  it('refuses a style that ends its element', () => {
    expect(() => styleElement('</style><script>')).toThrow(TypeError);
  });
});

describe('an address', () => {
  it('is one of the web', () => {
    const url = address('https://console.example/a?b=1&c="x"#d');
    expect(String(html`<a href="${url}">x</a>`)).toBe(
      '<a href="https://console.example/a?b=1&amp;c=%22x%22#d">x</a>',
    );
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    ' java\nscript:alert(1)',
    'x',
    '',
    undefined,
  ])('is not %j', (url) => {
    expect(address(url)).toBeUndefined();
  });
});

describe('a name', () => {
  it('is one line of at most 80 characters that keeps its direction to itself', async () => {
    await fc.assert(
      fc.property(anyName, (name) => {
        const page = String(nameOf(name));
        expect(page).toMatch(/^<bdi>[^<>]*<\/bdi>$/);
        const text = textOf(page);
        expect([...text.slice(1, -1)].length).toBeLessThanOrEqual(81);
        expect(text.slice(1, -1)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('shows that it was cut', () => {
    expect(String(nameOf('W'.repeat(81)))).toBe(`<bdi>${'W'.repeat(80)}…</bdi>`);
    expect(String(nameOf('W'.repeat(80)))).toBe(`<bdi>${'W'.repeat(80)}</bdi>`);
    expect(String(sentence('W'.repeat(401)))).toBe(`<bdi>${'W'.repeat(400)}…</bdi>`);
  });

  it('is kept apart by marks where no element can stand', () => {
    expect(plainName('a\u202Eb')).toBe('\u2068a b\u2069');
  });
});
