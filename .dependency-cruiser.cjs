/** The plan of the house, as rules: who may import whom. Nothing points back, no cycles, type imports included. */

/** A room may import itself, the small shared files (errors) and what its line names. */
const room = (name, path, mayImport) => ({
  name,
  severity: 'error',
  from: { path },
  to: {
    path: '^(functions|lib|test|scripts)/',
    pathNot: [path, '^lib/(errors|secret|clock|concurrency|nearest)\\.ts$', ...mayImport],
  },
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

    room('migration-is-pure', '^lib/migration/', []),
    room('http-knows-nobody', '^lib/http/', []),
    room('store-knows-migration-types', '^lib/store/', ['^lib/aws\\.ts$', '^lib/http/proxies\\.ts$']),
    room('dcs', '^lib/dcs/', ['^lib/http/', '^lib/migration/']),
    room('channels', '^lib/channels/', ['^lib/http/', '^lib/migration/']),
    room('delivery', '^lib/delivery/', [
      '^lib/migration/',
      '^lib/channels/channel\\.ts$',
      '^lib/store/store\\.ts$',
      '^lib/(health|log|records)\\.ts$',
    ]),
    room('deliveries', '^lib/deliveries/', [
      '^lib/migration/',
      '^lib/delivery/',
      '^lib/store/store\\.ts$',
      '^lib/channels/channel\\.ts$',
      '^lib/(health|log|records)\\.ts$',
    ]),
    room('commands', '^lib/commands/', [
      '^lib/(config|deliveries|http|store)/',
      '^lib/(app|health|log)\\.ts$',
    ]),
    room('config', '^lib/config/', [
      '^lib/channels/',
      '^lib/dcs/endpoints\\.ts$',
      '^lib/aws\\.ts$',
      '^lib/http/(address-guard|client|proxies)\\.ts$',
      '^lib/migration/(discovery|glob|status|thresholds)\\.ts$',
    ]),
    room('looking', '^lib/looking/', [
      '^lib/migration/',
      '^lib/delivery/',
      '^lib/(health|log|records)\\.ts$',
    ]),
    room('tick', '^lib/tick\\.ts$', [
      '^lib/looking/',
      '^lib/migration/',
      '^lib/delivery/',
      '^lib/store/store\\.ts$',
      '^lib/channels/channel\\.ts$',
      '^lib/(health|log|records)\\.ts$',
    ]),
    {
      name: 'only-functions-know-commands',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/commands/' },
      to: { path: '^lib/commands/' },
    },
    {
      name: 'only-functions-are-entry-points',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^functions/' },
    },

    {
      name: 'ports-by-type-only',
      severity: 'error',
      from: { path: '^lib/(tick|records|log)\\.ts$|^lib/(delivery|deliveries|looking)/' },
      to: { path: '^lib/(store|channels|dcs)/', dependencyTypesNot: ['type-only'] },
    },
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
