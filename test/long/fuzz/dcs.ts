import * as fc from 'fast-check';
import { readAnswer } from '../../../lib/dcs/calls/show-answer.ts';
import { type ErrorFacts, readError } from '../../../lib/dcs/error-body.ts';
import { DcsRefusal } from '../../../lib/dcs/errors.ts';
import { redact } from '../../../lib/dcs/redact/redact.ts';
import { classifyRefusal } from '../../../lib/dcs/refusal.ts';
import type { Look } from '../../../lib/migration/model/observation.ts';
import { SAMPLES } from '../../dcs/samples.ts';
import { CANARY, mutated, odd, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';
import { assertOneLine, assertWithin, INSTANCE_BOUNDS } from './texts.ts';

/** [field of the observation, most characters] */
const BOUNDS: Readonly<Record<string, number>> = {
  status: 64,
  name: 256,
  description: 1024,
  migrationType: 64,
  migrationMethod: 64,
  networkType: 64,
  resumeMode: 64,
  version: 64,
  taskStatus: 64,
  createdAt: 64,
  updatedAt: 64,
  releasedAt: 64,
  migrationIp: 64,
};

const REAL_ANSWERS = SAMPLES.map(({ body }) => body.replaceAll('REDACT-ME', CANARY));

/** Where an answer may say anything, for all to see; a secret stands elsewhere. */
const OPEN_INSTANCES = ['source_instance', 'target_instance', 'backup_files', 'backup_record', 'error'];
const OPEN: ReadonlySet<string> = new Set([
  ...['status', 'task_name', 'description', 'migration_type', 'migrate_type', 'migration_method'],
  ...['network_type', 'resume_mode', 'version', 'task_status', 'created_at', 'updated_at', 'released_at'],
  ...['error_code', 'errorCode', 'code', 'error_msg', 'errorMsg', 'message', 'request_id'],
  ...['addrs', 'ip', 'port', 'id', 'name', 'backup_id', 'bucket_name'],
  ...OPEN_INSTANCES,
]);

/** Whether an edit happened to move the secret to where a name or a message stands: then the answer says it openly. */
function isPublic(body: string): boolean {
  const kept: unknown = JSON.parse(body, function (this: unknown, key, value: unknown) {
    return key === '' || Array.isArray(this) || OPEN.has(key) ? value : undefined;
  });
  return JSON.stringify(kept).includes(CANARY);
}

function assertHoldsNoSecret(result: unknown, body: string): void {
  if (JSON.stringify(result ?? null).includes(CANARY) && !isPublic(body)) throw new Error('a secret passed');
}

/** A real answer in which values of any type stand anywhere, and a secret beside every instance. */
const oddAnswer = fc
  .record({
    base: fc.constantFrom(...REAL_ANSWERS.filter((body) => body.startsWith('{"'))),
    fields: fc.dictionary(fc.constantFrom(...OPEN), odd(), { maxKeys: 6 }),
    nested: fc.dictionary(fc.constantFrom(...OPEN), odd(), { maxKeys: 4 }),
    at: fc.constantFrom(...OPEN_INSTANCES),
  })
  .map(({ base, fields, nested, at }) =>
    JSON.stringify({
      ...JSON.parse(base),
      ...fields,
      [at]: { ...nested, password: CANARY, auth: { password: CANARY } },
      password: CANARY,
    }),
  );

const bodies = fc.oneof(mutated(REAL_ANSWERS), oddAnswer, wild());

/** An observation within its bounds or unreadable. */
export const ANSWER: Border<string, ReturnType<typeof readAnswer>> = {
  name: 'answer',
  inputs: bodies,
  read: readAnswer,
  classify(reading, body) {
    assertHoldsNoSecret(reading, body);
    if (reading.kind === 'unreadable') return 'unreadable';
    const { source = {}, target = {}, ...rest } = reading.observation;
    assertWithin(BOUNDS, rest);
    for (const side of [source, target]) assertWithin(INSTANCE_BOUNDS, side);
    return body.includes(CANARY) ? 'observation beside a secret' : 'observation';
  },
  kinds: { unreadable: 0.1, observation: 0.004, 'observation beside a secret': 0.1 },
};

/** A code that looks like one, or none. */
export const ERROR: Border<string, ErrorFacts | undefined> = {
  name: 'error',
  inputs: bodies,
  read: readError,
  classify(facts, body) {
    assertHoldsNoSecret(facts, body);
    if (facts === undefined) return 'foreign';
    const { code = '0', message = '-', requestId = '-' } = facts;
    if (!/^[A-Za-z0-9.]{1,17}$/.test(code)) throw new Error('a code of another shape');
    if (!/^[\w.-]{1,64}$/.test(requestId)) throw new Error('a request id of another shape');
    assertWithin({ message: 16_384 }, { message });
    return facts.code === undefined ? 'no code' : 'code';
  },
  kinds: { foreign: 0.1, 'no code': 0.1, code: 0.05 },
};

const ID = 'request-1';
const NOW = Date.parse('2026-01-02T03:04:05Z');

/** What a look makes of a refusal, of which any part may repeat the secret that the request carried. */
export const REFUSAL: Border<readonly [status: number, body: string], Look> = {
  name: 'refusal',
  inputs: fc.tuple(fc.integer({ min: 100, max: 599 }), bodies),
  read: ([status, body]) => {
    const headers = { 'x-request-id': ID };
    return classifyRefusal(new DcsRefusal({ status, headers, body, truncated: false, ms: 1 }, [CANARY]), NOW);
  },
  classify(look) {
    if (look.kind === 'seen' || look.kind === 'skipped') throw new Error('a refusal shows no task');
    const { detail = '', requestId } = look;
    assertOneLine(detail, 600);
    if (JSON.stringify(look).includes(CANARY)) throw new Error('a secret passed');
    if (requestId !== ID) throw new Error('a request id of another origin');
    return look.kind === 'missing' ? 'missing' : look.reason;
  },
  kinds: {
    missing: 0.001,
    'not authorised': 0.001,
    unreachable: 0.1,
    throttled: 0.001,
    'unreadable answer': 0.1,
  },
};

const LABELS = [
  ...[
    'ak',
    'sk',
    'access',
    'accessKey',
    'access_key',
    'secret',
    'secret-key',
    'signature',
    'password',
    'passwd',
  ],
  ...['pwd', 'token', 'X-Auth-Token', 'security_token', 'credential', 'Cookie'],
  ...['redis_password', 'userPassword', 'old-token', 'my_ak'],
];
const separator = fc.constantFrom('=', ':', ' = ', ': ', '": "', "':'", '" : ');
const named = fc
  .tuple(fc.constantFrom(...LABELS), separator, fc.constantFrom('', '"', "'"))
  .map(([label, between, quote]) => (/["']$/.test(between) ? label + between : label + between + quote));
/** Words and signs without quotes: what stands in quotes, or behind two names, can be read in several ways. */
const filling = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replace(/["'“‘\\]/g, ' ')),
  fc.constantFrom(
    'canonicalRequest ',
    'Authorization: ',
    'Bearer ',
    'a'.repeat(300),
    '0123456789abcdef',
    ',',
    ';',
    '|',
  ),
);

/** A message with two secrets: a known one anywhere, and an unknown one after a name that announces it. */
export const MESSAGE: Border<{ readonly text: string; readonly known: string }, string> = {
  name: 'message',
  inputs: fc
    .record({
      known: fc.stringMatching(/^[A-Za-z0-9+/]{4,60}$/),
      before: fc.array(filling, { maxLength: 4 }),
      name: named,
      after: fc.array(filling, { maxLength: 4 }),
    })
    .map(({ known, before, name, after }) => ({
      known,
      text: `${before.join('')} ${known} ${name}${CANARY}${after.join('')} ${known}`,
    })),
  read: ({ text, known }) => redact(text, [known]),
  classify(shown, { known }) {
    if (shown !== '') assertOneLine(shown, 200);
    if (shown.includes(known) && !'***'.includes(known)) throw new Error('a known secret passed');
    if (shown.includes(CANARY)) throw new Error('a named secret passed');
    return shown === '' ? 'nothing left' : 'something left';
  },
  kinds: { 'nothing left': 0.0001, 'something left': 0.5 },
};
