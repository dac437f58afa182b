import type { LanguageName } from '../../../language/index.ts';

/** A task of the configuration, with the name that DCS has for it. */
export interface ChosenTask {
  readonly id: string;
  readonly name?: string | undefined;
}

/** A channel of the configuration: values as they are, and names of environment variables for secrets. */
export interface ChosenChannel {
  readonly type: string;
  readonly settings: readonly ChosenSetting[];
}

export interface ChosenSetting {
  readonly setting: string;
  readonly value: string;
  /** The value is the name of an environment variable. */
  readonly isVariable: boolean;
}

/** The API of a project. */
export interface ProjectPlace {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly projectId: string;
  readonly allowInsecure: boolean;
}

/** Everything that a configuration is written from. */
export interface Answers {
  readonly place: ProjectPlace;
  /** For people; absent: the id. */
  readonly projectName?: string | undefined;
  readonly tasks: readonly ChosenTask[];
  /** All tasks, or those whose name fits the pattern; absent: only those that are named. */
  readonly discover?: true | string | undefined;
  readonly channels: readonly ChosenChannel[];
  /** The variables that the access key comes from. */
  readonly keyVariables: string;
  /** The language of messages; absent: the default. */
  readonly language?: LanguageName | undefined;
  /** The time zone of messages; absent: the default. */
  readonly timeZone?: string | undefined;
}
