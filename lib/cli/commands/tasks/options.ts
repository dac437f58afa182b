import { Option } from '@commander-js/extra-typings';

/** Options that name a project, with or without a configuration. */
export interface ProjectOptions {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly projectId?: string | undefined;
  readonly project?: string | undefined;
  readonly allowInsecure: boolean;
  readonly config?: string | undefined;
}

export function regionOption() {
  return new Option('--region <region>', 'the region, such as cn-north-4; needs no configuration').conflicts([
    'project',
    'config',
  ]);
}

export function endpointOption() {
  return new Option('--endpoint <url>', 'the address of the DCS API, instead of that of a region').conflicts([
    'project',
    'config',
  ]);
}

export function projectIdOption() {
  return new Option('--project-id <id>', 'the Huawei Cloud project id').conflicts('project');
}

export function projectOption() {
  return new Option('--project <name>', 'the project of the configuration, where it has several');
}

export function insecureOption() {
  return new Option('--allow-insecure', 'permit http:// and private addresses').default(false);
}
