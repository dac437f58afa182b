import { isOfHuawei } from '../../config/endpoint.ts';
import type { ProjectConfig } from '../../config/schema/file.ts';
import { type KeyTexts, keyProblem, lengthWarning } from '../../huawei/key-form.ts';
import {
  type CheckupSection,
  explained,
  type Finding,
  LATER,
  ok,
  problem,
  SEMICOLON,
  unchecked,
  warning,
} from '../finding.ts';
import { accessFindings, brokenStep } from './access.ts';
import { bestAnswer } from './asked.ts';
import { clockFinding } from './clock.ts';
import { permissionFindings } from './permissions.ts';
import { type AskedProject, taskFindings } from './tasks.ts';

const SOURCE = 'the credentials in the file, or the variables that hold the key';

/** The finding about a project that needs no call: the form of its key. */
export function projectForm(project: ProjectConfig): Finding[] {
  const texts = keyTexts(project);
  const fault = keyProblem(texts);
  if (fault !== undefined) {
    const { words, advice } = explained(fault, SEMICOLON, 'It cannot be right.');
    return [problem('key', { words, advice: `${advice} Correct ${SOURCE}.` })];
  }
  const wrongLength = isOfHuawei(project.endpoint) ? lengthWarning(texts) : undefined;
  if (wrongLength !== undefined)
    return [warning('key', { words: wrongLength, advice: `Copy it again: ${SOURCE}.` })];
  return [ok('key', 'its form is right')];
}

/** A key of the wrong form is shown to nobody: its secret half may stand where the other one is sent in clear. */
export function mayAsk(project: ProjectConfig): boolean {
  return keyProblem(keyTexts(project)) === undefined;
}

export function offlineProject(project: ProjectConfig): CheckupSection {
  return sectionOf(project, projectForm(project));
}

/** A project whose key must not be tried. */
export function unaskedProject(project: ProjectConfig): CheckupSection {
  const rest = ['read tasks', 'list tasks', 'read figures', 'read logs', 'tasks', 'clock'];
  return sectionOf(project, [...projectForm(project), ...rest.map((what) => unchecked(what, LATER))]);
}

/** Everything that the answers about a project say. */
export function askedProject(
  one: AskedProject,
  all: readonly AskedProject[],
  clockOffsetMs: number | undefined,
): CheckupSection {
  const { project, asked } = one;
  const { id: projectId, region, endpoint } = project;
  const access = accessFindings(bestAnswer(asked), { host: endpoint.host, projectId, region });
  return sectionOf(project, [
    ...withForm(access, project),
    ...permissionsIn(one),
    ...taskFindings(one, all),
    clockFinding(clockOffsetMs),
  ]);
}

/** Where no call came as far as the project, none says anything of permissions. */
function permissionsIn({ asked }: AskedProject): Finding[] {
  const isBroken = brokenStep(bestAnswer(asked)) !== undefined;
  const findings = permissionFindings(asked);
  if (!isBroken) return findings;
  return findings.map(({ what }) => unchecked(what, LATER));
}

/** A refused key that has an odd length was most likely cut. */
function withForm(access: readonly Finding[], project: ProjectConfig): Finding[] {
  const wrongLength = lengthWarning(keyTexts(project));
  return access.map((finding) => {
    const isRefused = finding.what === 'key' && finding.outcome === 'problem';
    if (!isRefused || wrongLength === undefined || !isOfHuawei(project.endpoint)) return finding;
    return problem('key', { words: finding.words, advice: `${finding.advice ?? ''} Note: ${wrongLength}.` });
  });
}

function keyTexts({ credentials: { accessKey, secretKey } }: ProjectConfig): KeyTexts {
  return { accessKey: accessKey.reveal(), secretKey: secretKey.reveal() };
}

function sectionOf({ name, region }: ProjectConfig, findings: readonly Finding[]): CheckupSection {
  return { kind: 'project', name: `${name} (${region})`, findings };
}
