/**
 * Adds up the reports of test runs, as CI prints it last: "N passed, N failed". A run without a report failed as a whole.
 *
 * `node scripts/sum-of-tests.ts STATUS REPORT …`: STATUS is not 0 when something else failed.
 */
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';

const REPORT = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), success: z.boolean() });

const [status, ...files] = process.argv.slice(2);
const reports = await Promise.all(files.map(read));
const passed = sum(reports.map((one) => one.passed));
const failed = sum(reports.map((one) => one.failed)) || Number(status !== '0');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function read(file: string): Promise<{ readonly passed: number; readonly failed: number }> {
  try {
    const { numPassedTests, numFailedTests, success } = REPORT.parse(
      JSON.parse(await readFile(file, 'utf8')),
    );
    // A file that does not load has no test that could fail.
    return { passed: numPassedTests, failed: numFailedTests || Number(!success) };
  } catch {
    console.log(`no report of tests at ${file}: what comes before them failed`);
    return { passed: 0, failed: 1 };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
