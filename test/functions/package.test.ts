import { beforeAll, describe, expect, test } from 'vitest';
import { type Packaged, packageWith } from '../support/package.ts';

const CONFIG = `
projects:
  - id: 254d2280acb74d36a8b839746bcd7352
    region: cn-north-4
    credentials: { accessKey: "\${ssm:/dcs/ak}", secretKey: "\${secretsmanager:dcs-watch#sk}" }
    tasks: [a276c1ffa0a54c2597fc824b917db317]
channels:
  ops: { type: slack, url: "\${ssm:/dcs/slack:3}" }
`;

let withSecrets: Packaged;
let without: Packaged;
beforeAll(async () => {
  withSecrets = await packageWith(CONFIG);
  without = await packageWith(CONFIG.replace(/\$\{[^}]+\}/g, 'x'));
});

describe('the package', () => {
  test('has the bundle and the configuration, and nothing else', () => {
    expect(withSecrets.files).toContain('dist/watch.cjs');
    expect(withSecrets.files).toContain('dist/packaged-watch.yml');
    const others = withSecrets.files.filter((path) => !/^dist\/(?:watch-parts\/.*|watch)\.cjs$/.test(path));
    expect(others).toEqual(['dist/packaged-watch.yml']);
  });

  test('is at most 400 kB', () => {
    expect(withSecrets.zipBytes).toBeLessThanOrEqual(400_000);
  });

  test('runs the function every minute on Node 24 and arm64, and repeats no stale tick', () => {
    expect(only('AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'dist/watch.handler',
      Environment: {
        Variables: { WATCH_CONFIG: 'dist/packaged-watch.yml', STATE_TABLE: { Ref: 'StateTable' } },
      },
    });
    expect(only('AWS::Scheduler::Schedule')).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
    });
    expect(only('AWS::Lambda::EventInvokeConfig')).toMatchObject({ MaximumRetryAttempts: 0 });
  });

  test('has a table on demand, with expiry, point-in-time recovery and encryption, and keeps logs for a month', () => {
    expect(only('AWS::DynamoDB::Table')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
    expect(only('AWS::Logs::LogGroup')).toMatchObject({ RetentionInDays: 30 });
  });
});

describe('the rights of the function', () => {
  test('name every action and every resource, without a wildcard', () => {
    for (const { template } of [withSecrets, without]) {
      const statements = statementsOf(template);
      expect(statements.length).toBeGreaterThan(0);
      const grants = JSON.stringify(statements.map(({ Action, Resource }) => ({ Action, Resource })));
      expect(grants).not.toContain('*');
    }
  });

  test('are three actions on the one table, and writing its log', () => {
    const actions = statementsOf(without.template).flatMap(({ Action }) => Action);
    expect(actions.toSorted()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sts:AssumeRole',
      'sts:AssumeRole',
    ]);
  });

  test('include exactly the parameters and secrets that the configuration names', () => {
    const reads = statementsOf(withSecrets.template).filter(({ Action }) =>
      JSON.stringify(Action).match(/ssm|secretsmanager/),
    );
    expect(JSON.stringify(reads)).toMatch(
      /parameter\/dcs\/ak.*parameter\/dcs\/slack.*secret:dcs-watch-\?{6}/,
    );
    expect(reads.flatMap(({ Action }) => Action)).toEqual([
      'ssm:GetParameter',
      'secretsmanager:GetSecretValue',
    ]);
  });

  test('leave no secret in plain sight in the environment', () => {
    const text = JSON.stringify(only('AWS::Lambda::Function'));
    expect(text).not.toMatch(/ACCESS_?KEY|SECRET_?KEY|_SK\b|_AK\b/i);
  });
});

function only(type: string): unknown {
  const found = Object.values(withSecrets.template.Resources).filter(({ Type }) => Type === type);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
}

/** All statements of all policies, wherever in the template they stand. */
function statementsOf(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isStatement(value)) return [value];
  return Object.values(value).flatMap(statementsOf);
}

function isStatement(value: object): value is Statement {
  return 'Effect' in value && 'Action' in value;
}
