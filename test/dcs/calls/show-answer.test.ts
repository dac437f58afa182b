import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../lib/dcs/calls/show-answer.ts';
import { readError, requestIdOf } from '../../../lib/dcs/error-body.ts';
import type { Observation } from '../../../lib/migration/model/observation.ts';
import { realisticAnswer } from '../../../lib/simulator/answers.ts';
import { SAMPLES, sample } from '../samples.ts';

function observe(answer: unknown): Observation {
  const reading = readAnswer(JSON.stringify(answer));
  if (reading.kind !== 'observation') throw new Error(reading.why);
  return reading.observation;
}

const TASKS = SAMPLES.filter(({ body }) => body.includes('"status"') && !body.includes('migration_tasks'));

describe('reading an answer', () => {
  it.each(TASKS)(
    'makes an observation of sample $name, with its status and without a password',
    ({ body }) => {
      const observation = observe(JSON.parse(body));
      expect(observation.status).toMatch(/^[A-Z_]+$/);
      expect(JSON.stringify(observation)).not.toMatch(/REDACT-ME|password/);
    },
  );

  it('finds samples that hold passwords, so that there is something to leak', () => {
    expect(TASKS.length).toBeGreaterThan(25);
    expect(TASKS.filter(({ body }) => body.includes('REDACT-ME'))).not.toHaveLength(0);
  });

  it('copies what is on the list, and nothing else', () => {
    expect(observe(realisticAnswer('INCRMIGEATING', { task_status: 'EXCHANGING' }))).toEqual({
      status: 'INCRMIGEATING',
      name: 'orders-cache',
      description: 'move the orders cache',
      migrationType: 'online_migration',
      migrationMethod: 'incremental_migration',
      networkType: 'vpc',
      resumeMode: 'auto',
      version: '6.0.21',
      taskStatus: 'EXCHANGING',
      source: {
        id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
        name: 'orders-old',
        address: '192.168.1.2:6379',
      },
      target: {
        id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
        name: 'orders-new',
        address: '192.168.1.31:6379',
      },
      createdAt: '2026-01-05T02:10:11.508Z',
      migrationIp: '192.168.1.77',
    });
  });

  it.each(['192.168.1.77:22', 'redis://:hunter2@192.168.1.77', 'hunter2', '', null, 7, ['192.168.1.77']])(
    'takes %j for no address of the migration machine',
    (ip) => {
      expect(observe({ status: 'A', ecs_tenant_private_ip: ip })).toEqual({ status: 'A' });
    },
  );

  it('has no password from a field where none belongs', () => {
    const seen = observe({
      status: 'FAILED password=hunter2',
      task_name: 'redis://:hunter2@10.0.0.1 orders auth cache',
      description: 'uses the password hunter2, see cmd=[set sess:42 Alice]',
      task_status: 'AUTH hunter2',
      version: 'redis://:hunter2@h',
      source_instance: { addrs: 'redis://:hunter2@10.0.0.1:6379', name: 'app:hunter2@10.0.0.1', id: 'x' },
      target_instance: { ip: 'app:hunter2@10.0.0.2', port: '6379' },
      backup_files: { bucket_name: 'obs://AK:hunter2@bucket/x' },
    });
    expect(JSON.stringify(seen)).not.toMatch(/hunter2|sess:42|Alice/);
    expect(seen.name).toBe('***@10.0.0.1 orders auth cache');
    expect(seen.source?.address).toBe('10.0.0.1:6379');
    expect(seen.target?.address).toBe('10.0.0.2:6379');
  });

  it('takes a status alone', () => {
    expect(observe({ status: 'SUCCESS' })).toStrictEqual({ status: 'SUCCESS' });
  });

  it('takes null, empty and blank text and values of other types as absent', () => {
    const nothing = { task_name: null, description: '', version: ' \n ', resume_mode: {}, created_at: [1] };
    expect(observe({ status: 'SUCCESS', ...nothing, updated_at: true })).toEqual({ status: 'SUCCESS' });
  });

  it('takes numbers where text is documented', () => {
    expect(observe({ status: 'SUCCESS', version: 6, released_at: 202404011057 })).toEqual({
      status: 'SUCCESS',
      version: '6',
      releasedAt: '202404011057',
    });
  });

  it('reads the old name of the migration type, and prefers the new one', () => {
    expect(observe({ status: 'A', migrate_type: 'old' }).migrationType).toBe('old');
    expect(observe({ status: 'A', migrate_type: 'old', migration_type: 'new' }).migrationType).toBe('new');
  });

  it.each([
    [{ addrs: '10.0.0.1:6379,10.0.0.2:6379', ip: '10.0.0.9', port: '1' }, '10.0.0.1:6379,10.0.0.2:6379'],
    [{ addrs: null, ip: '10.0.0.1', port: '6379' }, '10.0.0.1:6379'],
    [{ addrs: '', ip: '10.0.0.1', port: 6379 }, '10.0.0.1:6379'],
    [{ ip: '10.0.0.1:6379', port: null }, '10.0.0.1:6379'],
    [{ ip: '10.0.0.1:6379', port: '6379' }, '10.0.0.1:6379'],
    [{ ip: '10.0.0.1', port: null }, '10.0.0.1'],
    [{ ip: '10.0.0.1', port: 'tls 6379' }, '10.0.0.1'],
    [{ ip: '10.0.0.1', port: '6379/tcp' }, '10.0.0.1'],
    [{ ip: 'fd00::1', port: '6379' }, '[fd00::1]:6379'],
    [{ ip: '[fd00::1]:6379', port: '6379' }, '[fd00::1]:6379'],
    [{ port: '6379' }, undefined],
  ])('finds in %j the address %j', (instance, address) => {
    const { source, target } = observe({
      status: 'A',
      source_instance: instance,
      target_instance: { name: 'n', ...instance },
    });
    expect(source?.address).toBe(address);
    expect(target).toEqual({ name: 'n', ...(address !== undefined && { address }) });
  });

  it('takes the bucket of a backup import as the source, and finds the record id in either place', () => {
    const read = (name: string) => observe(JSON.parse(sample(name).body)).source;
    expect(read('backup-success-obs')).toEqual({ address: 'backup-bucket' });
    expect(read('backup-success-record-flat')).toEqual({ id: '6ea3a6b8-6a0e-4b1d-9f42-0a2d5e5a1c11' });
    const nested = { file_source: 'backup_record', backup_record: { backup_id: 'b-1' } };
    expect(observe({ status: 'A', backup_files: nested }).source).toEqual({ id: 'b-1' });
    const empty = { backup_record: {}, backup_id: 'b-2' };
    expect(observe({ status: 'A', backup_files: empty }).source).toEqual({ id: 'b-2' });
    const both = observe({
      status: 'A',
      source_instance: { name: 'redis' },
      backup_files: { bucket_name: 'b' },
    });
    expect(both.source).toEqual({ name: 'redis' });
  });

  it.each([
    ['', 'not_json'],
    ['{"status":"SUCC', 'not_json'],
    ['<html></html>', 'not_json'],
    ['null', 'no_object'],
    ['[]', 'no_object'],
    ['[{"status":"SUCCESS"}]', 'no_object'],
    ['"SUCCESS"', 'no_object'],
    ['7', 'no_object'],
    ['{}', 'no_status'],
    ['{"status":null}', 'no_status'],
    ['{"status":7}', 'no_status'],
    ['{"status":["SUCCESS"]}', 'no_status'],
    ['{"status":""}', 'no_status'],
    ['{"status":" \\n"}', 'no_status'],
  ])('refuses %j: %s', (body, why) => {
    expect(readAnswer(body)).toEqual({ kind: 'unreadable', why });
  });

  it('survives an answer nested 10,000 deep', () => {
    const arrays = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(readAnswer(arrays).kind).toBe('unreadable');
    expect(readAnswer(`{"status":"A","source_instance":${arrays}}`)).toEqual({
      kind: 'observation',
      observation: { status: 'A' },
    });
  });

  it('touches no prototype and takes the last of duplicate keys', () => {
    const body =
      '{"__proto__":{"status":"X","task_name":"x"},"constructor":{"prototype":{"task_name":"x"}},' +
      '"status":"A","status":"B","source_instance":{"__proto__":{"name":"x"}}}';
    expect(readAnswer(body)).toEqual({ kind: 'observation', observation: { status: 'B' } });
    expect(Object.hasOwn(Object.prototype, 'task_name')).toBe(false);
    expect(readAnswer('{"__proto__":{"status":"X"}}')).toEqual({ kind: 'unreadable', why: 'no_status' });
  });

  it('keeps an unknown status as it is, but no more than 64 characters of it', () => {
    expect(observe({ status: 'shuffling' }).status).toBe('shuffling');
    expect(observe({ status: 'X'.repeat(10_240) }).status).toBe('X'.repeat(64));
    expect(observe({ status: '😀'.repeat(5000) }).status).toBe('😀'.repeat(64));
    expect(observe({ status: `x${'😀'.repeat(5000)}` }).status).toBe(`x${'😀'.repeat(63)}`);
  });

  it('makes one well-formed line of a name with line breaks, terminal codes or text direction marks', () => {
    const { name } = observe({ status: 'A', task_name: ' a\r\nb\u001b[31mc\u202ed\u2028e<!channel>\ud800 ' });
    expect(name).toBe('a b [31mc d e<!channel>\ufffd');
  });
});

describe('whatever the service answers', () => {
  it('is an observation within its bounds or unreadable, and never holds a password', async () => {
    const secret = fc.stringMatching(/^[a-z]{24}$/);
    const field = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.jsonValue());
    const instance = (password: string) =>
      fc
        .record({ addrs: field, id: field, ip: field, port: field, name: field }, { requiredKeys: [] })
        .map((some) => ({ ...some, password, auth: { password } }));
    const answer = secret.chain((password) =>
      fc.record({
        password: fc.constant(password),
        fields: fc.dictionary(
          fc.constantFrom(
            ...Object.keys(realisticAnswer('SUCCESS')).filter((name) => !name.endsWith('instance')),
          ),
          field,
        ),
        source_instance: instance(password),
        target_instance: instance(password),
      }),
    );
    await fc.assert(
      fc.property(answer, ({ password, fields, ...instances }) => {
        const reading = readAnswer(JSON.stringify({ ...fields, ...instances, password }));
        expect(JSON.stringify(reading)).not.toContain(password);
        if (reading.kind === 'unreadable') return;
        const { status, source, target, ...rest } = reading.observation;
        expect([...status].length).toBeLessThanOrEqual(64);
        for (const text of [status, ...Object.values({ ...rest, ...source, ...target })]) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toMatch(/^$|[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never causes an exception', async () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => text.slice(0, -1)),
    );
    await fc.assert(
      fc.property(body, (text) => {
        expect(['observation', 'unreadable']).toContain(readAnswer(text).kind);
        readError(text);
      }),
    );
  });
});

describe('reading the body of a refusal', () => {
  it.each([
    [
      { error_code: 'DCS.4133', error_msg: 'm' },
      { code: 'DCS.4133', message: 'm' },
    ],
    [
      { error_code: 'DCS.4133', error_msg: 'm', error_ext_msg: null },
      { code: 'DCS.4133', message: 'm' },
    ],
    [
      { error_code: 111400800, error_msg: 'm' },
      { code: '111400800', message: 'm' },
    ],
    [
      { error_code: '111400063', error_msg: 'm' },
      { code: '111400063', message: 'm' },
    ],
    [{ error: { code: '111400060', message: 'm' } }, { code: '111400060', message: 'm' }],
    [{ error: { error_code: 'DCS.1', error_msg: 'm' } }, { code: 'DCS.1', message: 'm' }],
    [
      { errorCode: 'DCS.1', errorMsg: 'm' },
      { code: 'DCS.1', message: 'm' },
    ],
    [
      { code: 'DCS.1', message: 'm' },
      { code: 'DCS.1', message: 'm' },
    ],
    [
      { error_code: 'APIGW.0301', error_msg: 'm', request_id: 'abc-1' },
      { code: 'APIGW.0301', message: 'm', requestId: 'abc-1' },
    ],
    [{ error_code: 'a password, maybe', error_msg: null, request_id: 'x y' }, {}],
    [{ error_code: 'DCS.4133 and more', request_id: 7 }, {}],
    [{ error_code: 'more than DCS.4133' }, {}],
    [{ error: 'text', details: [{ error_msg: 'not this' }], encoded_authorization_message: 'nor this' }, {}],
    [{}, {}],
  ])('reads from %j the facts %j', (body, facts) => {
    const { isOfService, ...found } = readError(JSON.stringify(body)) ?? {};
    expect(found).toStrictEqual(facts);
    expect(isOfService).toBe('code' in facts);
  });

  it.each(['', '<html></html>', '{"error_code":"DCS.4133"', 'null', '[]', '"DCS.4133"'])(
    'finds nothing in %j',
    (body) => {
      expect(readError(body)).toBeUndefined();
    },
  );
});

describe('a request id', () => {
  it.each(['a', '5a1d-2f.0c_7B', 'x'.repeat(64)])('is one like %j', (id) => {
    expect(requestIdOf(id)).toBe(id);
  });

  it.each(['', 'x'.repeat(65), 'a b', 'a\n', '<a>', 7, null, undefined, ['a']])(
    'is none like %j',
    (value) => {
      expect(requestIdOf(value)).toBeUndefined();
    },
  );
});
