import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ProgressReporter } from './test/support/progress-reporter.ts';
import { ALL, ALONE, LONG, LONGEST } from './test/support/suites.ts';

const progress = new ProgressReporter();
const report = process.env['TEST_REPORT'];

export const COMMON = {
  globalSetup: 'test/support/temporary-folder.ts',
  pool: 'forks',
  execArgv: ['--disable-warning=ExperimentalWarning'],
} satisfies ViteUserConfig['test'];

// Two on a machine with one core as well: tests that wait for a socket leave time to others.
const WORKERS = Math.max(2, availableParallelism());

/** The longest files first, so that no worker is idle while the last one runs. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

// No test may fail because the machine is busy: these are for tests that hang.
const TIMEOUTS = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 250_000 } } };
const LONG_TIMEOUTS = { testTimeout: 1_800_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // A machine reads the report, people read the rest.
    reporters: report === undefined ? [progress] : [progress, ['json', { outputFile: report }]],
    projects: [
      {
        test: {
          ...COMMON,
          ...TIMEOUTS,
          name: 'fast',
          include: [ALL],
          exclude: [...ALONE, ...LONG],
          isolate: false,
          maxWorkers: WORKERS,
        },
      },
      {
        test: { ...COMMON, ...TIMEOUTS, name: 'alone', include: ALONE, exclude: LONG, maxWorkers: WORKERS },
      },
      {
        test: { ...COMMON, ...LONG_TIMEOUTS, name: 'long', include: LONG, maxWorkers: WORKERS },
      },
    ],
  },
});
