/** Which file runs how: `alone` and `long` are named, `fast` is all the rest. Globs from the root of the repository. */

export const ALL = 'test/**/*.test.ts';

/** Tests that take more than some seconds: a folder of their own, and files that stand beside what they test. */
export const LONG = [
  'test/long/**/*.test.ts',
  'test/receivers/**/*.test.ts',
  'test/functions/functiongraph/*.test.ts',
  'test/functions/{client,lost-log,package,package-check,proxied,schema-script,service,state-only}.test.ts',
  'test/{many,running,secrets}.test.ts',
  'test/channels/{email,eventbridge}/{contract,email,starttls,visit}.test.ts',
  'test/promise/{channels,keeping,retries}.test.ts',
  'test/delivery/{broken-channels,outages,merged-storm}.test.ts',
  'test/migration/rules/flapping.properties.test.ts',
  'test/migration/detect/detect.properties.test.ts',
  'test/http/stall.test.ts',
  'test/store/dynamodb/dynamodb.test.ts',
  'test/store/redis/{address,examine,failover,faults,promise,redis,tls}.test.ts',
  'test/checkup/{checkup,mistakes}.test.ts',
  'test/migration/model/series.test.ts',
  'test/channels/chat/quiet.test.ts',
  'test/channels/block-kit/size.test.ts',
  'test/dcs/{enrichment,memory}.test.ts',
  'test/delivery/redrive/redrive.test.ts',
  'test/http/limits.test.ts',
  'test/config/hostile.test.ts',
  'test/{clock-set,damaged}.test.ts',
  'test/deploy/*.test.ts',
  'test/messages/chinese.test.ts',
  'test/poll/list-first.test.ts',
  'test/cli/{listening,weak-redis}.test.ts',
  'test/migration/discovery/baseline.test.ts',
];

/** Those that take minutes, the longest first. */
export const LONGEST = [
  'test/long/proof/overlaps.test.ts',
  'test/long/proof/proof.test.ts',
  'test/long/fuzz/fuzz.test.ts',
  'test/long/channels.test.ts',
  'test/long/proof/stores.test.ts',
  'test/long/proof/many.test.ts',
];

/** Tests that measure memory, break sockets, change the environment or start processes. */
export const ALONE = [
  'test/http/**/*.test.ts',
  'test/{client/client,wait/wait}.test.ts',
  'test/dcs/{client,pace,silence}.test.ts',
  'test/channels/{contract,answers/http-outcome}.test.ts',
  'test/channels/{slack/slack,webhook/webhook}.test.ts',
  'test/store/{sqlite,dynamodb}/*.test.ts',
  'test/config/references/aws.test.ts',
  'test/runtime/*.test.ts',
  'test/functions/**/*.test.ts',
  'test/server/deploy.test.ts',
  'test/checkup/{*,channel/*}.test.ts',
  'test/cli/commands/check/check.test.ts',
  'test/cli/commands/status/status.test.ts',
];
