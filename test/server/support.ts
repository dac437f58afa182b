import type { TickReport } from '../../lib/telemetry/log.ts';

/** A tick in which nothing happened. */
export function reportOf(more: Partial<TickReport> = {}): TickReport {
  return {
    tasks: 1,
    changed: 0,
    events: 0,
    delivered: 0,
    pending: 0,
    dead: 0,
    failedLooks: 0,
    ms: 100,
    looks: 1,
    failedRecords: 0,
    pendingAgeMs: 0,
    brokenChannels: 0,
    broken: [],
    silent: [],
    blind: [],
    ...more,
  };
}

/** One sample of the text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const ESCAPED = /\\(["\\n])/g;

/**
 * Reads the text format of Prometheus, strictly, independently of the library that writes it.
 *
 * @throws Error for a line that is none of it, a sample that is there twice, or one of a metric without a type
 */
export function parseMetrics(text: string): Sample[] {
  expectEnd(text);
  const types = new Map<string, string>();
  const seen = new Set<string>();
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, typed, type] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? [];
      if (typed !== undefined && type !== undefined) types.set(typed, type);
      if (line === '' || line.startsWith('#')) return [];
      const sample = sampleIn(line);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      const base = sample.name.replace(/_(?:bucket|sum|count)$/, '');
      if (!types.has(sample.name) && types.get(base) !== 'histogram') throw new Error(`no type: ${line}`);
      return [sample];
    });
}

function expectEnd(text: string): void {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
}

function sampleIn(line: string): Sample {
  const [, name, , inner = '', value] =
    /^([a-zA-Z_:][\w:]*)(\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, label = '', raw = ''] = LABEL.exec(inner) ?? [];
    if (label === '' || label in labels) throw new Error(`no labels: ${line}`);
    labels[label] = raw.replaceAll(ESCAPED, (_, one) => (one === 'n' ? '\n' : one));
  }
  return { name, labels, value: Number(value === '+Inf' ? Number.POSITIVE_INFINITY : value) };
}
