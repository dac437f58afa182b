import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, besides, html, styleElement } from '../../lib/page/html.ts';
import { identifier, joined, nameOf, plainName, sentence } from '../../lib/page/text.ts';
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

  const OUTSIDE = /^a value outside of quotes: <./;
  const OPAQUE = 'a template with an element that is no HTML inside';
  it.each([
    ['without quotes', OUTSIDE, () => html`<p title=${'x'}>`],
    ['in single quotes', OUTSIDE, () => html`<p title='${'x'}'>`],
    ['as the name of a tag', /^a value outside of quotes: <$/, () => html`<b>a</b><${'p'}>`],
    ['as an attribute', OUTSIDE, () => html`<p ${'hidden'}>`],
    ['as an attribute behind another one', OUTSIDE, () => html`<p title="a" ${'hidden'}>`],
    ['as an attribute behind a sign in quotes', OUTSIDE, () => html`<p title=">" lang="en" ${'hidden'}>`],
    ['in a script', OPAQUE, () => html`<script>${'x'}</script>`],
    ['in a style', OPAQUE, () => html`<STYLE>${'x'}</STYLE>`],
    ['in a comment', OPAQUE, () => html`<!-- ${'x'} -->`],
    ['as a handler', 'a value as code: onclick', () => html`<p ONCLICK="${'x'}">`],
    ['as a style', 'a value as code: style', () => html`<p style="${'x'}">`],
    ['as a whole page in a frame', 'a value as code: srcdoc', () => html`<p srcdoc="${'x'}">`],
    ['in a tag that does not end', 'a template that ends within a tag', () => html`<p title="${'x'}"`],
  ])('refuses a value %s', (_where, message, make) => {
    expect(make).toThrow(message);
  });

  it.each([
    () => html`<a href="${'https://example.com'}">x</a>`,
    () => html`<a href="https://example.com/${'x'}">x</a>`,
    () => html`<a href="https://example.com/#${'x'}">x</a>`,
    () => html`<a href="x#${'x'}">x</a>`,
    () => html`<img src="${'x'}">`,
    () => html`<form action="${'x'}"></form>`,
    () => html`<button formaction="${'x'}"></button>`,
    () => html`<object data="${'x'}"></object>`,
    () => html`<svg><a xlink:href="${'x'}">x</a></svg>`,
  ])('refuses an address that nobody checked: %#', (make) => {
    expect(make).toThrow('an address that nobody checked');
  });

  it('takes text and attributes behind tags of all kinds', () => {
    expect(String(html`<p title=">" lang="en">a<br>${'b'}<i lang="${'en'}">${'c'}</i></p>`)).toBe(
      '<p title=">" lang="en">a<br>b<i lang="en">c</i></p>',
    );
  });

  it('refuses markup within an attribute', () => {
    expect(() => html`<p title="${html`<b>x</b>`}">x</p>`).toThrow('markup within an attribute');
  });

  it('links within the page to whatever name, as a name', () => {
    expect(String(html`<a href="#${'"x'}">x</a>`)).toBe('<a href="#&#34;x">x</a>');
  });

  it('takes a style that cannot end its element', () => {
    expect(String(styleElement('a > b {}'))).toBe('<style>a > b {}</style>');
    expect(() => styleElement('</style><script>')).toThrow('a style that could end its element');
  });
});

describe('an address', () => {
  it('is one of the web', () => {
    const url = address('https://console.example/a?b=1&c="x"#d');
    expect(String(html`<a href="${url}">x</a>`)).toBe(
      '<a href="https://console.example/a?b=1&#38;c=%22x%22#d">x</a>',
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

describe('an address beside the page', () => {
  it.each(['../../x', 'javascript:alert(1)', '//evil.example', '"><script>', '?a#b', '\ud800', 'task 1'])(
    'stays in its folder with the name %j',
    (name) => {
      const link = String(html`<a href="${besides('tasks/', name)}">x</a>`);
      expect(link).toMatch(/^<a href="tasks\/[\w%.&#;'()*!~-]+">x<\/a>$/);
    },
  );
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

  it('stands between others, with something between them', () => {
    expect(String(html`${joined([nameOf('a'), identifier('b'), nameOf('c')], ' · ')}`)).toBe(
      '<bdi>a</bdi> · <code><bdi>b</bdi></code> · <bdi>c</bdi>',
    );
  });

  it('is kept apart by marks where no element can stand', () => {
    expect(plainName('a\u202Eb')).toBe('\u2068a b\u2069');
  });
});
