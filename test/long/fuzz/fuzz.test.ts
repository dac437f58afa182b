import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../lib/config/load.ts';
import { readAnswer } from '../../../lib/dcs/calls/show-answer.ts';
import { redact } from '../../../lib/dcs/redact/redact.ts';
import { SIGNING_SECRET } from '../../config/support.ts';
import { CANARY } from '../../support/fuzz.ts';
import { explore } from './border.ts';
import { BORDERS } from './borders.ts';
import { GOOD_FILES } from './configuration.ts';
import { ANSWER, MESSAGE } from './dcs.ts';
import { readStored, STORED } from './stored.ts';

/** As many inputs as fit into every test run; `npm run fuzz` takes a million. */
const RUNS = 5000;

/** The same one each time: no run of the tests depends on luck. `npm run fuzz` takes another one each time. */
const SEED = 20260105;

describe('with any input, the code at the border', () => {
  it.each(BORDERS)('keeps its promises: $name', async ({ explore: send }) => {
    const { failure, inputs } = await send({ runs: RUNS, seed: SEED });
    expect(failure).toBeUndefined();
    expect(inputs).toBeGreaterThanOrEqual(RUNS / 10);
  });
});

describe('a planted fault at a border', () => {
  const options = { runs: RUNS, seed: 7 };

  it('is found when a secret is copied', async () => {
    const leaky = (body: string) => {
      const reading = readAnswer(body);
      if (reading.kind === 'observation' || !body.includes(CANARY)) return reading;
      return { kind: 'observation' as const, observation: { status: body } };
    };
    const { failure } = await explore({ ...ANSWER, read: leaky }, options);
    expect(failure).toContain('a secret passed');
  });

  it('is found when a parser’s own error comes through', async () => {
    const throwing = (body: string) => (body.startsWith('[') ? JSON.parse(body) : readStored(body));
    const { failure } = await explore({ ...STORED, read: throwing }, options);
    expect(failure).toMatch(/stored text: .*JSON/);
  });

  it('is found when an output has no bound', async () => {
    const boundless = ({ text, known }: { readonly text: string; readonly known: string }) =>
      redact(text, [known]).padEnd(text.length, '.');
    const { failure } = await explore({ ...MESSAGE, read: boundless }, options);
    expect(failure).toContain('out of bounds');
  });

  it('is found when the same input gives different results', async () => {
    let calls = 0;
    const moody = (body: string) => {
      calls += 1;
      return calls % 100 === 0 ? readStored('') : readStored(body);
    };
    const { failure } = await explore({ ...STORED, read: moody }, options);
    expect(failure).toContain('it ends otherwise the next time');
  });

  it('is found when all inputs give the same result, which shows nothing', async () => {
    const { failure } = await explore({ ...STORED, read: () => readStored('') }, options);
    expect(failure).toContain('hardly any input ended as: record, newer');
  });

  it('is replayed from its seed and its path', async () => {
    const throwing = (body: string) => {
      if (body.includes('\\ud800')) throw new Error('half a character');
      return readStored(body);
    };
    const border = { ...STORED, read: throwing };
    const first = await explore(border, options);
    const words = /again: npm run fuzz -- --border "stored text" --seed (\d+) --path "([\d:]+)"/.exec(
      first.failure ?? '',
    );
    const [, seed = '', path = ''] = words ?? [];
    const again = await explore(border, { runs: 1, seed: Number(seed), path });

    expect(first.failure).toContain('half a character');
    expect(again.failure).toBe(first.failure);
  });
});

describe('the fuzzer', () => {
  it('makes files that load unless they are damaged', async () => {
    for (const text of GOOD_FILES) {
      const env = { SECRET: 'x', SIGNING_SECRET };
      expect((await loadConfig({ text, file: 'watch.yml', env })).projects).toHaveLength(1);
    }
  });
});
