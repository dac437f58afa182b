import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../http/servers.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { secretsOf } from '../samples.ts';
import { CHANGE, eventOf } from '../support.ts';
import { mailServer } from './mail-server.ts';
import { PASSWORD, USER } from './sample.ts';

const CHILD = fileURLToPath(new URL('./starttls-child.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/tls/', import.meta.url));
const SECRETS = [...secretsOf('email'), encodeURIComponent(PASSWORD)];
/** The host that `other-host.crt` is for. */
const HOST = 'other.example';

interface Case {
  readonly certificate?: string;
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const TRUSTING = { NODE_EXTRA_CA_CERTS: `${FIXTURES}ca.crt` };

/** One mail through a server that has STARTTLS with this certificate, sent by a process with this environment. */
async function sentTo({ certificate = 'other-host', host = HOST, env = {} }: Case) {
  const secure: boolean[] = [];
  const logins: boolean[] = [];
  const server = await mailServer({
    cert: fixture(`${certificate}.crt`),
    key: fixture('server.key'),
    hideSTARTTLS: false,
    allowInsecureAuth: false,
    onAuth: ({ username = '', password }, session, callback) => {
      logins.push(session.secure && password === PASSWORD);
      callback(null, { user: username });
    },
    onMailFrom: (_address, session, callback) => {
      secure.push(session.secure);
      callback();
    },
  });
  const url = `smtp://${USER}:${encodeURIComponent(PASSWORD)}@${host}:587`;
  const outcome = await outcomeOf({ port: server.port, url, event: eventOf(CHANGE) }, env);
  expectNoSecret(outcome, SECRETS);
  return { outcome, secure, logins, mails: server.mails };
}

async function outcomeOf(input: object, env: Readonly<Record<string, string>>): Promise<unknown> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [CHILD], { env: { PATH, ...env } });
  child.stdin.end(JSON.stringify(input));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === '') throw new Error(err);
  return JSON.parse(out);
}

const UNKNOWN =
  'ESOCKET: certificate is not signed by a known authority; have the server send the full chain, or add the authority with NODE_EXTRA_CA_CERTS';

describe('a mail server with STARTTLS', () => {
  it('is delivered to, and signed in at, behind TLS alone, where its authority is trusted', async () => {
    const { outcome, secure, logins, mails } = await sentTo({ env: TRUSTING });
    expect(outcome).toEqual({ class: 'delivered', reason: 'SMTP 250', ms: expect.any(Number) });
    expect([secure, logins]).toEqual([[true], [true]]);
    expect(mails).toMatchObject([{ from: 'watch@example.com', to: ['dba@example.com'] }]);
  });

  it.each<[string, Case, string]>([
    ['an authority that nobody trusts', {}, UNKNOWN],
    [
      'an authority other than the one that is trusted',
      { env: { NODE_EXTRA_CA_CERTS: `${FIXTURES}self-signed.crt` } },
      UNKNOWN,
    ],
    [
      'an authority that nobody trusts, whatever the environment says',
      { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
      UNKNOWN,
    ],
    [
      'a certificate for another host',
      { host: 'mail.example.com', env: TRUSTING },
      'ESOCKET: certificate is for another host; check the host name',
    ],
    [
      'a certificate that has expired',
      { certificate: 'expired', env: TRUSTING },
      'ESOCKET: certificate has expired; renew it',
    ],
    [
      'a certificate that vouches for itself',
      { certificate: 'self-signed', env: TRUSTING },
      'ESOCKET: certificate is self-signed; use a certificate of a public authority, or add this one with NODE_EXTRA_CA_CERTS',
    ],
  ])('is refused with %s, before the sign-in', async (_name, given, reason) => {
    const { outcome, secure, logins, mails } = await sentTo(given);
    expect(outcome).toMatchObject({ class: 'broken', reason });
    expect([secure, logins, mails]).toEqual([[], [], []]);
  });
});
