import type { Env } from '../../../base/env.ts';
import { LANGUAGE_NAMES, type LanguageName } from '../../../language/index.ts';
import type { ChosenChannel } from './answers.ts';
import { ASKED_CHANNELS, type AskedChannel } from './channels.ts';

/** Variables of Huawei's Terraform provider and SDKs, the first that is set. */
const REGION = ['HW_REGION_NAME', 'HUAWEICLOUD_SDK_REGION'] as const;
const PROJECT_ID = ['HW_PROJECT_ID', 'HUAWEICLOUD_SDK_PROJECT_ID', 'CLOUD_SDK_PROJECT_ID'] as const;

export function regionIn(env: Env): string | undefined {
  return firstIn(env, REGION);
}

export function projectIdIn(env: Env): string | undefined {
  return firstIn(env, PROJECT_ID);
}

/** As POSIX has it: the first of the three that is set. */
const LOCALE = ['LC_ALL', 'LC_MESSAGES', 'LANG'] as const;

/** The language of somebody's terminal, where messages can be written in it. */
export function languageIn(env: Env): LanguageName | undefined {
  const locale = firstIn(env, LOCALE) ?? '';
  return LANGUAGE_NAMES.find((name) => locale === name || locale.startsWith(`${name}_`));
}

function firstIn(env: Env, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]?.trim()).find((text) => text !== undefined && text !== '');
}

/** Channels whose usual variables are all set. */
export function channelsIn(env: Env): ChosenChannel[] {
  return ASKED_CHANNELS.filter(({ settings }) =>
    settings.every(({ isSecret, isOptional, usual }) => isOptional || (isSecret && Boolean(env[usual]))),
  ).map((channel) => usualOf(channel, env));
}

function usualOf({ type, settings }: AskedChannel, env: Env): ChosenChannel {
  const set = settings.filter(({ usual }) => Boolean(env[usual]));
  return {
    type,
    settings: set.map(({ setting, usual }) => ({ setting, value: usual, isVariable: true })),
  };
}
