import type { Counter, Gauge, Histogram, Registry } from 'prom-client';

const PREFIX = 'dcs_migration_watch_';

/** Makes metrics of one registry, by their names behind the common prefix. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  counterBy<Label extends string>(name: string, help: string, label: Label): Counter<Label>;
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  /** Has no value until one is set. */
  gauge(name: string, help: string): Gauge;
  gaugeBy<Label extends string>(name: string, help: string, labels: readonly Label[]): Gauge<Label>;
  readonly registry: Registry;
}

/** Loads the library, which a watcher that serves nothing does without. */
export async function createMetrics(): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const named = (name: string, help: string) => ({ name: `${PREFIX}${name}`, help, registers: [registry] });
  return {
    registry,
    counter: (name, help) => new Counter(named(name, help)),
    counterBy: (name, help, label) => new Counter({ ...named(name, help), labelNames: [label] }),
    histogram: (name, help, buckets) => new Histogram({ ...named(name, help), buckets: [...buckets] }),
    gauge(name, help) {
      const made = new Gauge(named(name, help));
      made.remove();
      return made;
    },
    gaugeBy: (name, help, labels) => new Gauge({ ...named(name, help), labelNames: labels }),
  };
}
