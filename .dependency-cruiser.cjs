/** The plan of the house, as rules: who may import whom. Nothing points back, no cycles, type imports included. */

/** Any room may import these. */
const GROUND = '^lib/base/';

/** A room imports itself, the ground, and what its line names. */
const room = (name, mayImport, path = `^lib/${name}/`) => ({
  name,
  severity: 'error',
  from: { path },
  to: { path: '^(functions|lib|test|scripts)/', pathNot: [path, GROUND, ...mayImport] },
});

const lib = (...names) => names.map((name) => `^lib/${name}(/|\\.ts$)`);

/** Imports whose types alone are needed: what is behind a port is handed in. */
const typesOnly = (from, to) => ({
  name: `${from}: types only`,
  severity: 'error',
  from: { path: `^lib/${from}(/|\\.ts$)` },
  to: { path: `^lib/(${to})/`, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$'] }, to: {} },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-does-not-need-dev-tools',
      severity: 'error',
      from: { path: '^(functions|lib)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },

    // The secrets of a platform, its keys and its lines of the log are part of its wiring.
    room(
      'functions',
      lib(
        'runtime',
        'cli',
        'client',
        'config/references',
        'huawei/functiongraph',
        'telemetry/describe',
        'telemetry/log',
        'telemetry/alarm-words',
      ),
      '^functions/',
    ),
    // Times, spans and figures are written as messages write them (language/moments, language/en).
    room(
      'cli',
      lib(
        'runtime',
        'status',
        'rehearsal',
        'checkup',
        'drill',
        'server',
        'channels/channel-type',
        'delivery/redrive',
        'mutes',
        'records/mutes',
        'records/record',
        'config',
        'store',
        'client',
        'wait',
        'dcs/client',
        'dcs/timeout',
        'huawei',
        'events/event',
        'events/phase',
        'migration/model',
        'http/client',
        'http/proxies',
        'http/undici',
        'language/moments',
        'language/en',
        'language/index',
        'page/status-page',
        'page/report-page',
        'telemetry',
      ),
    ),
    // Proxies on the way to the user's channels are not on the way to the simulated API (http/proxies). Actions on events
    // are played in English (language/en).
    room(
      'rehearsal',
      lib('runtime', 'simulator', 'config', 'store', 'channels', 'language/en', 'http/proxies', 'telemetry'),
    ),
    // Summaries of its events are English (language/en).
    room('drill', lib('channels', 'messages/message', 'events', 'language/en', 'http/client')),
    // What is known, from the stored state alone: it calls nobody and writes nothing. Its words are English (language/en).
    room(
      'status',
      lib(
        'records',
        'migration',
        'delivery/redrive',
        'delivery/dead-letters',
        'delivery/health/health-record',
        'delivery/outbox',
        'events',
        'language/en',
        'channels',
        'store',
      ),
    ),
    typesOnly('status', 'channels|store'),
    /** Pure: what is known, as a page; its events are told as messages tell them (messages/translate). */
    room(
      'page',
      lib('status', 'delivery/redrive', 'messages/translate', 'migration/model', 'language', 'events'),
    ),
    typesOnly('page', 'status|delivery|migration'),
    // What a watcher serves while it runs: it reads the state as `status` does, and follows the log.
    room('server', lib('page', 'status', 'telemetry', 'events/phase', 'channels', 'store/errors')),
    typesOnly('server', 'channels'),
    // The projects of a configuration are made into those that poll takes (poll/target, migration, events) and those that a
    // status is read for (status/source). A watcher that
    // starts names the channels that are broken in its record (delivery/health/health-record, records). No tick may outlast a
    // lease (delivery/outbox/lease) or its last pass (poll/passes/further-passes). Runs that it starts on FunctionGraph are signed
    // (huawei).
    room(
      'runtime',
      lib(
        'tick',
        'poll/target',
        'poll/context',
        'poll/passes/further-passes',
        'status',
        'delivery/health/health-record',
        'delivery/outbox/lease',
        'records',
        'migration/model',
        'migration/project',
        'events',
        'config',
        'dcs/client',
        'dcs/timeout',
        'channels',
        'store',
        'http',
        'huawei',
        'telemetry',
      ),
    ),
    // The words about answers of DCS are those of its log (language/en); what a pattern finds is found here, too
    // (migration/discovery).
    room(
      'checkup',
      lib(
        'config',
        'channels',
        'store',
        'dcs/client',
        'migration/discovery',
        'migration/model',
        'events',
        'language/en',
        'http/client',
        'http/proxies',
        'huawei',
      ),
    ),
    room('tick', lib('poll', 'delivery', 'telemetry'), '^lib/tick\\.ts$'),
    room('poll', lib('delivery', 'migration', 'records', 'telemetry', 'events', 'channels', 'store')),
    room(
      'delivery',
      lib(
        'records',
        'migration/model',
        'migration/project',
        'events',
        'language',
        'telemetry',
        'channels',
        'store',
      ),
    ),
    /** Pure: what is pending, when, for whom. */
    room('delivery/outbox', lib('channels', 'events', 'migration/model', 'records')),
    // A configuration names phases (events/phase) and has keys (huawei), and proxies and clients of AWS are settings of the
    // environment.
    room(
      'config',
      lib(
        'channels',
        'dcs/endpoints',
        'events/phase',
        'huawei',
        'http/address-guard',
        'http/proxies',
        'http/aws',
        'migration/discovery',
        'migration/model',
      ),
    ),
    room('telemetry', lib('events', 'http/client', 'http/user-agent', 'channels')),
    {
      // What types share: results of answers (answers), what a chat is (chat), and the look of both ways to Slack (block-kit).
      name: 'channels: a type imports no other type',
      severity: 'error',
      from: { path: '^lib/channels/([^/]+)/' },
      to: { path: '^lib/channels/[^/]+/', pathNot: '^lib/channels/($1|answers|block-kit|chat)/' },
    },
    room('channels', lib('messages', 'language', 'events', 'http', 'huawei')),
    /** Mutes as somebody asks for them, by the names of the configuration. */
    room('mutes', lib('status', 'records', 'store')),
    room('records', lib('migration/model', 'events', 'store')),
    // Answers are said in English where they are read (language/en), for the log and for events.
    room('dcs', lib('migration/model', 'events', 'language/en', 'http', 'huawei')),
    // Answers of the API as they are, for people and other programs; endpoints and keys come as in a configuration.
    room(
      'client',
      lib(
        'dcs',
        'huawei',
        'http',
        'config/credentials',
        'config/endpoint',
        'migration/model/enrichment',
        'migration/model/observation',
        'events',
      ),
    ),
    // One task without a record of it: looks like those of a tick (poll/pass/task-list), and the detection of a watcher.
    room('wait', lib('dcs/client', 'migration', 'poll/pass/task-list', 'events', 'http/client')),
    room('simulator', lib('dcs', 'huawei', 'http', 'migration/model')),
    // Deliveries are out of its reach: they stand in records, which it does not see.
    room('migration', lib('events', 'language')),
    room('migration/model', lib('events', 'language')),
    room('migration/rules', lib('migration/model', 'events', 'language')),
    room('migration/discovery', lib('migration/model', 'events')),
    room('migration/detect', lib('migration/rules', 'migration/model', 'events', 'language')),
    room('migration/group', lib('migration/detect', 'migration/model', 'events', 'language')),
    room('migration/project', lib('migration/detect', 'migration/model', 'events', 'language')),
    room('messages', lib('language', 'events')),
    // Connections fail in words of the HTTP client (http/faults), which other languages say, too.
    room('language', lib('events', 'http/faults')),
    // Clients of AWS wait and take proxies alike.
    room('store', lib('http/aws', 'http/proxies')),
    room('http', []),
    room('huawei', []),
    room('events', []),
    room('base', []),
    typesOnly('poll', 'channels|store'),
    typesOnly('delivery', 'channels|store(?!/partitions)'),
    typesOnly('telemetry', 'channels'),
    typesOnly('records', 'store'),

    {
      name: 'one-door-to-the-network',
      severity: 'error',
      from: { path: '^(functions|lib)/', pathNot: '^lib/http/' },
      to: { path: 'node_modules/undici/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
