import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';

import { formFindings } from '../../../lib/checkup/channel/form.ts';
import { secretProblem, secretsIn } from '../../../lib/checkup/channel/secrets.ts';
import { sampleOf, secretsOf, TYPES } from '../../channels/samples.ts';
import { client, failingLookup } from '../../http/servers.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { checked, faultsIn, goodWorld } from '../place.ts';

describe('the form of a secret', () => {
  it('is found at any depth of the settings', () => {
    const settings = {
      a: new Secret('1'),
      b: [new Secret('2')],
      c: { d: new Secret('3') },
      e: 'plain',
      f: null,
    };
    expect(secretsIn(settings)).toEqual([
      { setting: 'a', text: '1' },
      { setting: 'b.0', text: '2' },
      { setting: 'c.d', text: '3' },
    ]);
  });

  it.each([
    ['"abc"', 'has quotes around it'],
    ["'abc'", 'has quotes around it'],
    ['abc\n', 'has a line break in it'],
    [' abc', 'has a blank at its beginning or end'],
    ['a\u200bc', 'has an invisible character in it'],
    ['Bearer abc', undefined],
    ['it"s', undefined],
    ['-----BEGIN CERTIFICATE-----\nx\n', undefined],
  ])('%j: %s', (text, problem) => {
    expect(secretProblem(text)).toBe(problem);
  });
});

/** The sample of a type, at an address with canaries in its path and query. */
function configOf(type: string) {
  const { settings, place, transport, secrets } = sampleOf(type);
  const [path = '', query = ''] = secrets.url;
  const address = transport === 'smtp' ? {} : { [place]: `https://hooks.example.com/${path}?q=${query}` };
  const signed =
    type === 'webhook' ? { headers: { authorization: `Bearer ${secrets.headers[0] ?? 'x'}` } } : {};
  return channelSchema.parse({ type, ...address, ...signed, ...settings });
}

describe('a channel that is checked', () => {
  it.each(TYPES)('prints no secret: %s', async (type) => {
    const http = client({ lookup: failingLookup('ENOTFOUND', secretsOf(type).join(' ')) });
    const sections = await checked(await goodWorld(), { http, channels: { ops: configOf(type) } });
    expect(faultsIn(sections).map(({ what }) => what)).toContain('name');
    const text = JSON.stringify(sections);
    for (const secret of secretsOf(type)) expect(text).not.toContain(secret);
  });

  it.each(TYPES)('has a good form in the sample of %s', async (type) => {
    const findings = await formFindings(configOf(type), Date.now());
    const problems = findings.filter(({ outcome }) => outcome === 'problem');
    expect(problems).toEqual([]);
  });
});
