import { describe, expect, it } from 'vitest';
import { CHANNEL_TYPES } from '../../../lib/channels/index.ts';
import { readYaml } from '../../../lib/config/yaml/yaml.ts';
import { load, MINIMAL, refusalOf } from '../support.ts';

function valueIn(text: string) {
  const { value, problems } = readYaml(text);
  expect(problems).toEqual([]);
  return value;
}

describe('A YAML file', () => {
  it('is read as YAML 1.2, even when it says otherwise', () => {
    const text = '%YAML 1.1\n---\na: yes\nb: 012\nc: 2026-01-05\nd: 1:30\n';
    expect(valueIn(text)).toEqual({ a: 'yes', b: 12, c: '2026-01-05', d: '1:30' });
  });

  it('may be JSON, with tabs and Windows line ends as well', async () => {
    const text = JSON.stringify(MINIMAL, null, '\t').replaceAll('\n', '\r\n');
    await expect(load(text)).resolves.toBeDefined();
  });

  it('may use aliases, each meaning the last anchor of its name before it', () => {
    const text = 'a: &x [&y 1]\nb: &y 2\nc: *x\nd: *y\n';
    expect(valueIn(text)).toEqual({ a: [1], b: 2, c: [1], d: 2 });
  });

  it('has the line of each value, and of the parent of each missing one', () => {
    const source = readYaml('a:\n  - x: 1\n  -\n    y: &n\n      z: 2\nb: *n\n');
    if (source.value === undefined) throw new TypeError('unreadable');
    const lines = [[], ['a'], ['a', 0, 'x'], ['a', 1, 'y', 'z'], ['a', 1, 'q', 'r'], ['b', 'z'], ['nothing']];
    expect(lines.map((path) => source.lineOf(path))).toEqual([1, 1, 2, 5, 4, 5, 1]);
  });

  it.each([
    ['a missing bracket', 'a: [canary\nb: 1\n', 2, 1, /bracket is missing/],
    ['a missing quote', 'a: 1\nb: "canary\n', 3, 1, /closing quote/],
    ['a tab', 'a:\n\tb: canary\n', 2, 1, /use spaces/],
    ['a tag', 'a: 1\nb: !secret canary\n', 2, 4, /tags/],
    ['a tag of YAML 1.1', 'a: !!binary Y2FuYXJ5\n', 1, 4, /tags/],
    ['a second document', 'a: 1\n---\ncanary: 2\n', 2, 1, /second document/],
    ['two keys on one line', 'a: canary: b\n', 1, 4, /in quotes/],
    ['a reference in braces', `a: { b: \${CANARY} }\n`, 1, 10, /must be in quotes/],
    ['a text that begins with @', 'a: @canary\n', 1, 4, /put it in quotes/],
    ['a list as a key', '? [canary]\n: 1\n', 1, 3, /key must be a text/],
    ['a bad escape sequence', 'a: "\\canary"\n', 1, 5, /escape sequence/],
    ['text without a key', 'canary: 1\ncanary\n', 2, 1, /./],
  ])('is refused for %s, with line and column', async (_what, text, line, column, words) => {
    const error = await refusalOf(load(text));
    expect(error.problems[0]).toEqual({ path: '', line, column, message: expect.stringMatching(words) });
    expect(error.message).toContain(`line ${line}:${column}: `);
    expect(error.message).not.toMatch(/canary/i);
  });

  it('is refused with all mistakes, one problem for each line', () => {
    const { problems } = readYaml('a: &\nb: !x y\n---\nz');
    expect(problems.map(({ line }) => line).toSorted()).toEqual([1, 2, 3]);
  });

  it('is refused for duplicate keys, together with all other problems', async () => {
    const error = await refusalOf(load('channels:\n  ops: canary1\n  ops: canary2\nchannels: {}\n'));
    expect(error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)).toEqual([
      '1 projects: expected a list (- …), but it is missing',
      `2 channels.ops: expected a channel with type ${Object.keys(CHANNEL_TYPES).join(' or ')}`,
      '3 channels.ops: this key appears twice',
      '4 channels: this key appears twice',
    ]);
  });

  it('is refused for an alias without an anchor before it', () => {
    const { problems } = readYaml('a: 1\nb: *canary\nc: &canary 2\n');
    expect(problems).toEqual([
      { path: '', line: 2, message: 'this alias (*name) has no anchor (&name) before it' },
    ]);
  });

  it('may use merge keys, of which entries of its own and earlier sources win', () => {
    const text = 'a: &x { b: 1, d: 1 }\ne: &y { <<: *x, b: 2, f: { g: 3 } }\nc:\n  d: 4\n  <<: [*y, *x]\n';
    expect(valueIn(text)).toMatchObject({ c: { b: 2, d: 4, f: { g: 3 } } });
    expect(valueIn('c: { <<: { b: 1 } }')).toEqual({ c: { b: 1 } });
    expect(valueIn('"<<": 1')).toEqual({ '<<': 1 });
  });

  it('has the line of what is merged where it stands', () => {
    const source = readYaml('a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n');
    if (source.value === undefined) throw new TypeError('unreadable');
    expect(
      [
        ['c', 'b'],
        ['c', 'd'],
        ['c', 'e'],
      ].map((path) => source.lineOf(path)),
    ).toEqual([2, 5, 3]);
  });

  it.each([
    ['a text', 'c: { <<: canary }', /needs settings/],
    ['a list with a number', 'a: &x {}\nc: { <<: [*x, 1] }', /needs settings/],
    ['two merge keys', 'c: { <<: {}, <<: {} }', /twice/],
  ])('is refused for a merge of %s', async (_what, text, words) => {
    const { message } = await refusalOf(load(text));
    expect(message).toMatch(words);
    expect(message).not.toContain('canary');
  });

  it('may have notes at the top, whose names begin with x-', async () => {
    const notes = { 'x-list': [1, '${NOT_SET}'], 'x-settings': { url: 5 } };
    await expect(load(JSON.stringify({ ...notes, ...MINIMAL }))).resolves.toBeDefined();
    const { message } = await refusalOf(load(JSON.stringify({ xnote: 1, ...MINIMAL })));
    expect(message).toContain('xnote: is not a known setting');
  });
});

describe('A YAML file that is made to exhaust', () => {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const items = i === 0 ? '[x, x, x, x, x, x, x, x, x, x]' : `[${`*l${i - 1}, `.repeat(10)}]`;
    return `l${i}: &l${i} ${items}\n`;
  });

  it.each([
    ['aliases of aliases', levels.join(''), /far too many values/],
    ['an alias that contains itself', 'a: &a [*a, *a]\n', /contain itself/],
    ['a mapping that merges itself', 'a: &a { <<: *a }\n', /contain itself/],
    ['two aliases that contain each other', 'a: &a { b: &b { c: *a, d: *b } }\n', /contain itself/],
    ['40 levels', `${'['.repeat(40)}${']'.repeat(40)}`, /nests too deeply/],
    ['100,000 levels', '['.repeat(100_000), /nests too deeply/],
  ])('by %s is refused at once', async (_what, text, words) => {
    const { message } = await refusalOf(load(text));
    expect(message).toMatch(words);
  });
});
