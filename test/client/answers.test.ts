import { describe, expect, it } from 'vitest';
import { readTaskList } from '../../lib/client/answers/list.ts';
import { readTaskLogs } from '../../lib/client/answers/logs.ts';
import { readTask } from '../../lib/client/answers/show.ts';
import { readTaskStats } from '../../lib/client/answers/stats.ts';
import { realisticAnswer, SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { SAMPLES, sample } from '../dcs/samples.ts';

const TASK_ID = '91d4c7aa-6b3f-4e18-a2c5-07f9e4b8d613';

/** A body as it came, without any password. */
function withoutPasswords(body: string): unknown {
  return JSON.parse(body, (name, value) => (name === 'password' ? undefined : value));
}

function shown(body: unknown): unknown {
  const reading = readTask(JSON.stringify(body), TASK_ID);
  return reading.kind === 'read' ? reading.value : reading;
}

const SHOWN = SAMPLES.filter(({ status, body }) => status === 200 && body.includes('"source_instance"'));

describe('an answer of ShowMigrationTask', () => {
  it.each(SHOWN)(
    'has every documented field but the passwords, as the service wrote it: $name',
    ({ body }) => {
      const { task_id } = JSON.parse(body);
      const reading = readTask(body, task_id);
      expect(reading).toEqual({ kind: 'read', value: withoutPasswords(body) });
      expect(JSON.stringify(reading)).not.toMatch(/"password"|DCStest/);
    },
  );

  it('keeps what only older and other documents name', () => {
    const instance = {
      addrs: '10.0.0.1:6379',
      ip: '10.0.0.1:6379',
      port: null,
      task_status: 'RUNNING',
      db: 3,
    };
    expect(
      shown({
        status: 'SUCCESS',
        migrate_type: 'online_migration',
        source_instance: instance,
        bandwidth_limit_mb: 123,
      }),
    ).toEqual({
      status: 'SUCCESS',
      migration_type: 'online_migration',
      source_instance: { ...instance, db: '3' },
      bandwidth_limit_mb: '123',
    });
  });

  it('drops fields that no document names, and values of other types', () => {
    expect(
      shown({
        status: 'RUNNING',
        task_name: ['a'],
        target_instance: 'x',
        supported_features: { a: 1 },
        secret_question: 'x',
        source_instance: { ip: 7, withProxy: 'maybe', port: 'x; y', auth: 'x' },
      }),
    ).toEqual({ status: 'RUNNING', source_instance: {} });
  });

  it('never has a password, wherever one stands', () => {
    const [password] = SIMULATED_PASSWORDS;
    const answer = realisticAnswer('SUCCESS', {
      task_id: TASK_ID,
      description: `password=${password}`,
      source_instance: {
        addrs: `redis://user:${password}@10.0.0.1:6379`,
        name: `x password: ${password}`,
        password,
        nested: { password },
      },
      backup_files: { bucket_name: `${password}@bucket`, files: [{ file_name: `pass=${password}` }] },
    });
    expect(JSON.stringify(shown(answer))).not.toContain(password);
    expect(shown(answer)).toMatchObject({ source_instance: { addrs: '10.0.0.1:6379' } });
  });

  it.each(['{}', '[]', 'null', '"SUCCESS"', '<html>', '', '{"status":7}', '{"status":""}'])(
    'is unreadable when it is none: %s',
    (body) => {
      expect(readTask(body, TASK_ID)).toMatchObject({ kind: 'unreadable' });
    },
  );

  it('is unreadable when it is about another task', () => {
    const other = JSON.stringify(realisticAnswer('SUCCESS', { task_id: 'another' }));
    expect(readTask(other, TASK_ID)).toEqual({ kind: 'unreadable', why: 'another_task' });
  });

  it('touches no prototype', () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"x":1},"status":"RUNNING"}';
    expect(readTask(body, TASK_ID)).toEqual({ kind: 'read', value: { status: 'RUNNING' } });
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('an answer of ListMigrationTask', () => {
  it.each(['list-two-tasks', 'list-empty'])(
    'has every documented field, as the service wrote it: %s',
    (name) => {
      const { body } = sample(name);
      expect(readTaskList(body, [])).toEqual({ kind: 'read', value: JSON.parse(body) });
    },
  );

  it('reads the names of fields until 2022', () => {
    const entry = {
      task_id: 'a',
      migrate_type: 'online_migration',
      target_instance_address: '10.0.0.2:6379',
    };
    expect(readTaskList(JSON.stringify({ migration_tasks: [entry] }), [])).toEqual({
      kind: 'read',
      value: {
        migration_tasks: [
          { task_id: 'a', migration_type: 'online_migration', target_instance_addrs: '10.0.0.2:6379' },
        ],
      },
    });
  });

  it('has error messages without data of customers', () => {
    const entry = { task_id: 'a', error_message: 'ERR on SET customer:42 "secret value"; password=hunter22' };
    const text = JSON.stringify(readTaskList(JSON.stringify({ migration_tasks: [entry] }), []));
    expect(text).not.toMatch(/customer:42|secret value|hunter22/);
  });

  it.each(['{"count":1}', '{"count":1,"migration_tasks":[{}]}', '{"migration_tasks":[7]}', '<html>'])(
    'is unreadable when it is none: %s',
    (body) => {
      expect(readTaskList(body, [])).toMatchObject({ kind: 'unreadable' });
    },
  );
});

describe('an answer of ShowMigrationTaskStats', () => {
  it.each(['stats-numbers', 'stats-strings'])('has its figures as they came: %s', (name) => {
    const { body } = sample(name);
    expect(readTaskStats(body, TASK_ID)).toEqual({ kind: 'read', value: JSON.parse(body) });
  });

  it('has no texts that are no figures', () => {
    const body = JSON.stringify({
      offset: 'password=x',
      source_dbsize: -1,
      target_dbsize: null,
      is_migrating: 'true',
    });
    expect(readTaskStats(body, TASK_ID)).toEqual({
      kind: 'read',
      value: { source_dbsize: -1, target_dbsize: null, is_migrating: true },
    });
  });

  it('is unreadable without any figure', () => {
    expect(readTaskStats('{"a":1}', TASK_ID)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('an answer of ListMigrationTaskLogs', () => {
  it('has every line of every level', () => {
    const { body } = sample('logs');
    expect(readTaskLogs(body, [], TASK_ID)).toEqual({ kind: 'read', value: JSON.parse(body) });
  });

  it('has neither secrets of the request nor data of customers', () => {
    const line = {
      message: 'denied AKIDAKIDAKID; SET user:1 "hello world"',
      log_code: 'password=hunter22',
      keyword: 'AKIDAKIDAKID',
    };
    const text = JSON.stringify(
      readTaskLogs(JSON.stringify({ migration_logs: [line] }), ['AKIDAKIDAKID'], TASK_ID),
    );
    expect(text).not.toMatch(/AKIDAKIDAKID|hello world|hunter22/);
  });
});
