// biome-ignore-all lint/performance/noBarrelFile: a registry, which every start reads as a whole.
/** The addresses of vendors. A new chat type with a vendor's address adds its line here. */

export { dingtalkHook } from './dingtalk/hook.ts';
export { feishuHook } from './feishu/hook.ts';
export { slackHook } from './slack/hook.ts';
export { teamsHook } from './teams/hook.ts';
export { wecomHook } from './wecom/hook.ts';
export { welinkHook } from './welink/hook.ts';
