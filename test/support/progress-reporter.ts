import {
  MinimalReporter,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type TestSuite,
} from 'vitest/node';

const COLUMNS = 80;
/** A test that takes longer has a line of its own: a file of such tests is silent for minutes. */
const SLOW_MS = 15_000;

/** One line per file, with its number: a terminal and a log show alike how far the run is. */
export class ProgressReporter extends MinimalReporter {
  private files = 0;
  private ended = 0;

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications);
    this.files = specifications.length;
    this.ended = 0;
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    const ms = test.diagnostic()?.duration ?? 0;
    if (ms >= SLOW_MS) this.line(`${mark(test.ok())} ${test.name}`, ms);
  }

  override onTestRunEnd(...end: Parameters<MinimalReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...end);
    const [modules] = end;
    // A pattern leaves out most tests, and whoever gives one knows that.
    if (this.ctx.config.testNamePattern === undefined) this.nameLeftOut(modules);
  }

  /** A test that was skipped proves nothing, so it is named: most need a program that this machine lacks. */
  private nameLeftOut(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const skipped = [...module.children.allTests('skipped')];
      for (const [name, tests] of Map.groupBy(skipped, outermostName)) {
        const count = tests.length === 1 ? '1 test' : `${tests.length} tests`;
        this.log(`left out: ${count} of ${module.relativeModuleId}: ${name}`);
      }
    }
  }

  protected override printTestModule(module: TestModule): void {
    this.ended += 1;
    const number = `${this.ended}/${this.files}`;
    this.line(`${number} ${mark(module.ok())} ${module.relativeModuleId}`, module.diagnostic().duration);
    super.printTestModule(module);
  }

  private line(text: string, ms: number): void {
    const duration = `${(ms / 1000).toFixed(1)} s`;
    const room = COLUMNS - duration.length - 1;
    const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    this.log(`${shown.padEnd(room)} ${duration}`);
  }
}

/** The name of the outermost suite that a test stands in, or its own. */
function outermostName(test: TestCase | TestSuite): string {
  const { parent } = test;
  return parent.type === 'module' ? test.name : outermostName(parent);
}

function mark(isOk: boolean): string {
  return isOk ? '✓' : '✗';
}
