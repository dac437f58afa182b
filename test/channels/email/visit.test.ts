import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { type MailError, stageOf } from '../../../lib/channels/email/answers.ts';
import { visitServer } from '../../../lib/channels/email/visit.ts';
import type { Visit } from '../../../lib/channels/visit.ts';
import { client, freePort } from '../../http/servers.ts';
import { mailServer, scripted } from './mail-server.ts';
import { PASSWORD, USER } from './sample.ts';

const LOGIN = `${USER}:${encodeURIComponent(PASSWORD)}@`;

function visit(url: string, signal = new AbortController().signal): Promise<Visit> {
  return visitServer({ url: new Secret(url), allowInsecure: true }, { http: client(), signal });
}

/** The reason of a visit that came no further; it contains no secret. */
function reasonOf(visited: Visit): string {
  if (visited.kind === 'open') throw new Error('the visit came to its end');
  expect(visited.reason).not.toContain(USER);
  expect(visited.reason).not.toContain(PASSWORD);
  return visited.reason;
}

describe('a visit to a mail server', () => {
  it('signs in, begins no mail, and leaves', async () => {
    const server = await mailServer();
    server.refuse('MAIL FROM', 550);
    expect(await visit(`smtp://${LOGIN}127.0.0.1:${server.port}`)).toEqual({
      kind: 'open',
      isSignedIn: true,
    });
    expect(await visit(`smtp://127.0.0.1:${server.port}`)).toEqual({ kind: 'open' });
    expect(server.mails).toEqual([]);
  });

  it('reports a sign-in that is refused', async () => {
    const server = await mailServer();
    server.refuse('AUTH', 535);
    const visited = await visit(`smtp://${LOGIN}127.0.0.1:${server.port}`);
    expect(visited.kind).toBe('refused');
    expect(reasonOf(visited)).toMatch(
      /^SMTP 535 at AUTH PLAIN: sign-in refused; check the user name and password/,
    );
  });

  it('reports a port where nobody listens', async () => {
    const visited = await visit(`smtp://127.0.0.1:${await freePort()}`);
    expect(visited.kind).toBe('unreached');
    expect(reasonOf(visited)).toMatch(/connection refused \(ECONNREFUSED\); check the address and port$/);
  });

  it('reports a port that does not begin with TLS', async () => {
    const server = await mailServer();
    const visited = await visit(`smtps://127.0.0.1:${server.port}`);
    expect(visited.kind).toBe('insecure');
    expect(reasonOf(visited)).toMatch(/does not start with TLS; use smtp:\/\//);
  });

  it('reports a server that refuses everybody', async () => {
    const visited = await visit(`smtp://127.0.0.1:${await scripted('554 go away\r\n')}`);
    expect(visited.kind).toBe('unreached');
    expect(reasonOf(visited)).toMatch(/^SMTP 554/);
  });

  it('ends when it is aborted', async () => {
    const deadline = new AbortController();
    const visiting = visit(`smtp://127.0.0.1:${await scripted('')}`, deadline.signal);
    setTimeout(() => deadline.abort(new Error('late')), 50);
    expect(reasonOf(await visiting)).toBe('no connection in time; check host, port and firewall');
  });
});

describe('the stage at which an attempt failed', () => {
  it.each<[MailError, string]>([
    [{ code: 'EAUTH', reply: 535, command: 'AUTH PLAIN' }, 'refused'],
    [{ code: 'EENVELOPE', reply: 530, command: 'MAIL FROM' }, 'refused'],
    [{ code: 'ETLS' }, 'insecure'],
    [{ code: 'ESOCKET', reply: 500, command: 'STARTTLS' }, 'insecure'],
    [{ code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'insecure'],
    [{ code: 'ESOCKET', originalCode: 'ECONNRESET' }, 'unreached'],
    [{ code: 'ECONNECTION', reply: 421, command: 'CONN' }, 'unreached'],
  ])('%j: %s', (error, stage) => {
    expect(stageOf(error)).toBe(stage);
  });
});
