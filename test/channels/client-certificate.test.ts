import { describe, expect, it } from 'vitest';
import { createChannel } from '../../lib/channels/index.ts';
import { ENV, load, MINIMAL, problemsOf, SIGNING_SECRET } from '../config/support.ts';
import { client, fixture, tlsServer, toLoopback } from '../http/servers.ts';
import { eventOf, NOW } from './support.ts';

const CLIENT = { cert: fixture('client.crt'), key: fixture('client.key') };
const IN_TIME = { now: () => Date.parse('2026-01-05T00:00:00Z') };

const configWith = (clientCertificate: object, settings: object = {}) => ({
  ...MINIMAL,
  channels: {
    cutover: {
      type: 'webhook',
      url: 'https://hook.example/',
      secret: SIGNING_SECRET,
      clientCertificate,
      ...settings,
    },
  },
});

describe('a client certificate in the configuration', () => {
  it('is taken from files or variables, without a warning while it is good', async () => {
    const { channels, warnings } = await load(configWith({ cert: '${file:client.crt}', key: '${KEY}' }), {
      ...IN_TIME,
      folder: new URL('../fixtures/tls/', import.meta.url).pathname,
      env: { ...ENV, KEY: CLIENT.key },
    });
    expect(channels['cutover']).toHaveProperty('clientCertificate');
    expect(JSON.stringify(channels)).not.toMatch(/BEGIN/);
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'no PEM',
      { ...CLIENT, cert: 'canary' },
      /^channels\.cutover\.clientCertificate\.cert: expected a certificate in PEM/,
    ],
    [
      'a broken one',
      { ...CLIENT, cert: '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----' },
      /cert: expected a certificate/,
    ],
    ['a key in its place', { ...CLIENT, cert: CLIENT.key }, /cert: expected a certificate/],
    ['no key', { ...CLIENT, key: 'canary' }, /clientCertificate\.key: expected a private key in PEM/],
    ['the certificate as key', { ...CLIENT, key: CLIENT.cert }, /key: expected a private key/],
    [
      'half a key',
      { ...CLIENT, key: CLIENT.key.slice(0, 80) },
      /key: is not a readable private key; is it complete\?$/,
    ],
    [
      'an encrypted key',
      {
        ...CLIENT,
        key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary\n-----END ENCRYPTED PRIVATE KEY-----',
      },
      /key: is encrypted; provide it without a passphrase/,
    ],
    [
      'the key of another',
      { ...CLIENT, key: fixture('server.key') },
      /key: is not the key of the first certificate in cert/,
    ],
    [
      'its own certificate last',
      { ...CLIENT, cert: fixture('ca.crt') + CLIENT.cert },
      /key: is not the key of the first certificate/,
    ],
    ['a part of it', { cert: CLIENT.cert }, /clientCertificate\.key: expected a text/],
    [
      'something else',
      { ...CLIENT, passphrase: 'canary' },
      /clientCertificate\.passphrase: is not a known setting/,
    ],
  ])('is refused with %s, and not shown', async (_what, certificate, words) => {
    const problems = await problemsOf(configWith(certificate));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
    expect(problems[0]).not.toContain('canary');
  });

  it('may have the certificates that lead to its authority behind it', async () => {
    const { warnings } = await load(
      configWith({ ...CLIENT, cert: CLIENT.cert + fixture('ca.crt') }),
      IN_TIME,
    );
    expect(warnings).toEqual([]);
  });

  it('is refused for an address that cannot ask for one', async () => {
    const settings = { url: 'http://hook.example/', allowInsecure: true };
    expect(await problemsOf(configWith(CLIENT, settings))).toEqual([
      'channels.cutover.clientCertificate: is only shown to https:// addresses, and the url is not one',
    ]);
  });

  it('is not what is wrong where the url is none', async () => {
    expect(await problemsOf(configWith(CLIENT, { url: 'nowhere' }))).toEqual([
      expect.stringMatching(/^channels\.cutover\.url: /),
    ]);
  });

  it.each([
    ['has expired', '2120-01-02T00:00:00Z', 'expired on 2120-01-01: receivers will refuse it; renew it'],
    ['ends within two weeks', '2119-12-20T00:00:00Z', 'expires on 2120-01-01; renew it'],
    ['is not valid yet', '2019-12-31T00:00:00Z', 'is not valid before 2020-01-01: receivers will refuse it'],
  ])('causes a warning when it %s, and everything else goes on', async (_what, time, words) => {
    const { warnings } = await load(configWith(CLIENT), { now: () => Date.parse(time) });
    expect(warnings).toEqual([`channels.cutover.clientCertificate.cert: ${words}`]);
  });
});

it('a webhook with a client certificate reaches a receiver that requires one', async () => {
  const seen: unknown[] = [];
  const ca = fixture('ca.crt');
  const receiver = await tlsServer(
    'localhost',
    { ca, requestCert: true, rejectUnauthorized: true },
    (tls) => {
      tls.on('secureConnection', (socket) => seen.push(socket.getPeerX509Certificate()?.subject));
    },
  );
  const settings = { url: receiver.url('/hook').href, allowInsecure: true };
  const { channels } = await load(configWith(CLIENT, settings), IN_TIME);
  const config = channels['cutover'];
  if (config === undefined) throw new TypeError('no channel');
  const channel = await createChannel('cutover', config, { http: client({ ca, lookup: toLoopback }) });
  expect(await channel.send({ events: [eventOf()], now: NOW })).toMatchObject({
    class: 'delivered',
    status: 200,
  });
  expect(seen).toEqual(['CN=client']);
});
