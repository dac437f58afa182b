import { beforeAll, describe, expect, test } from 'vitest';
import { alarmsOf, environmentOf, type Packaged, packageWith } from '../support/package.ts';

const CONFIG = `
projects:
  - id: 254d2280acb74d36a8b839746bcd7352
    region: cn-north-4
    credentials: { accessKey: "\${ssm:/dcs/ak}", secretKey: "\${secretsmanager:dcs-watch#sk}" }
    tasks: [a276c1ffa0a54c2597fc824b917db317]
channels:
  ops: { type: slack, url: "\${ssm:/dcs/slack:3}" }
`;

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';

let withSecrets: Packaged;
let without: Packaged;
beforeAll(async () => {
  withSecrets = await packageWith(CONFIG, { ALARM_TOPIC_ARN: TOPIC });
  without = await packageWith(CONFIG.replace(/\$\{[^}]+\}/g, 'x'));
});

describe('the package', () => {
  test('has the bundle and the configuration, and nothing else', () => {
    expect(withSecrets.files).toContain('dist/watch.cjs');
    expect(withSecrets.files).toContain(withSecrets.configFile);
    const others = withSecrets.files.filter(
      (path) => !/^dist\/(?:watch-parts\/.*\.cjs|watch\.[cm]js)$/.test(path),
    );
    expect(others).toEqual([withSecrets.configFile]);
  });

  // Of these, 170 kB are libraries of channels and of runs per project (mail, templates, EventBridge): packed for all, loaded where configured.
  test('is at most 670 kB', () => {
    expect(withSecrets.zipBytes).toBeLessThanOrEqual(670_000);
  });

  test('runs the function every minute on Node 24 and arm64, and repeats no stale tick', () => {
    expect(only('AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'dist/watch.handler',
      Environment: {
        Variables: { WATCH_CONFIG: withSecrets.configFile, STATE_TABLE: { Ref: 'StateTable' } },
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

describe('the alarms', () => {
  test('are on dead letters, on a broken channel, and on three periods without a look or a good tick', () => {
    expect([...alarmsOf(without).keys()].toSorted()).toEqual([
      'Blind',
      'BrokenChannels',
      'DeadLetters',
      'Ticks',
    ]);
    const blind = Object.values(without.template.Resources).find(
      ({ Properties }) => JSON.stringify(Properties)?.includes('"Blind"') === true,
    );
    expect(blind?.Properties).toMatchObject({
      AlarmName: expect.stringMatching(/-blind$/),
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(alarmsOf(without).get('Ticks')).toMatchObject({ TreatMissingData: 'breaching' });
    const ticks = Object.values(without.template.Resources).find(
      ({ Properties }) => JSON.stringify(Properties)?.includes('"Ticks"') === true,
    );
    expect(ticks?.Properties).toMatchObject({
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('watch the figures of the function of the same stage', () => {
    const { POWERTOOLS_METRICS_NAMESPACE, POWERTOOLS_SERVICE_NAME } = environmentOf(without);
    for (const { Namespace, Dimensions } of alarmsOf(without).values()) {
      expect(Namespace).toBe(POWERTOOLS_METRICS_NAMESPACE);
      expect(Dimensions).toEqual([{ Name: 'service', Value: POWERTOOLS_SERVICE_NAME }]);
    }
    expect(POWERTOOLS_SERVICE_NAME).toMatch(/-prod$/);
  });

  test('notify a topic when one is given, and nothing otherwise', () => {
    for (const { AlarmActions } of alarmsOf(withSecrets).values()) expect(AlarmActions).toEqual([TOPIC]);
    for (const { AlarmActions, OKActions = [] } of alarmsOf(without).values()) {
      expect([...AlarmActions, ...OKActions]).toEqual([]);
    }
    const types = Object.values(withSecrets.template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('AWS::SNS'))).toEqual([]);
  });

  test('are not packaged with an invalid topic', async () => {
    const refusal = await packageWith(CONFIG, { ALARM_TOPIC_ARN: 'on-call' }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ stdout: expect.stringContaining('is not the ARN of an SNS topic') });
  });
});

describe('the permissions of the function', () => {
  test('name every action and every resource, without a wildcard', () => {
    for (const { template } of [withSecrets, without]) {
      const statements = statementsOf(template);
      expect(statements.length).toBeGreaterThan(0);
      const grants = JSON.stringify(statements.map(({ Action, Resource }) => ({ Action, Resource })));
      expect(grants).not.toContain('*');
    }
  });

  test('are three actions on the one table, starting itself, and writing its log', () => {
    const actions = statementsOf(without.template).flatMap(({ Action }) => Action);
    expect(actions.toSorted()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'lambda:InvokeFunction',
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

  test('leave no secret in plain text in the environment', () => {
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
