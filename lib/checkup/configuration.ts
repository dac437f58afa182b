import { count } from '../base/text.ts';
import type { ConfigError } from '../config/errors.ts';
import type { Config } from '../config/schema/file.ts';
import { type CheckupSection, explained, type Finding, ok, problem, SEMICOLON, warning } from './finding.ts';

/**
 * A configuration that was loaded.
 *
 * @param name of its file, as people know it
 * @param reported warnings that another section reports, as the configuration words them
 */
export function loadedConfiguration(
  config: Config,
  name: string,
  reported: ReadonlySet<string>,
): CheckupSection {
  const warnings = config.warnings.filter((line) => !reported.has(line));
  return {
    kind: 'configuration',
    name,
    findings: [ok('loads', contentsOf(config)), ...warnings.map((line) => warningOf(line, name))],
  };
}

function contentsOf({ projects, channels, groups }: Config): string {
  const parts = [
    count(projects.length, 'project'),
    count(Object.keys(channels).length, 'channel'),
    count(Object.keys(groups).length, 'group'),
  ];
  return parts.filter((words) => !words.startsWith('0 ')).join(', ');
}

function warningOf(line: string, name: string): Finding {
  return warning('setting', explained(line, SEMICOLON, `Change it in ${name}, if it is not intended.`));
}

/** A configuration that was refused, problem by problem. */
export function refusedConfiguration(error: ConfigError, name: string): CheckupSection {
  const { problems } = error;
  const findings = problems.map(({ path, line, message }) => {
    const where = line === undefined ? name : `line ${line} of ${name}`;
    const { words, advice } = explained(message, SEMICOLON, `Correct ${where}.`);
    const place = line === undefined ? '' : `line ${line}: `;
    return problem('setting', { words: `${place}${path === '' ? '' : `${path}: `}${words}`, advice });
  });
  if (findings.length > 0) return { kind: 'configuration', name, findings };
  return { kind: 'configuration', name, findings: [problem('loads', notThere(error.message, name))] };
}

function notThere(message: string, name: string) {
  return {
    words: message,
    advice: `Put a configuration there (init writes one), or name it: --config ${name}.`,
  };
}
