import type { Hook } from '../channel-type.ts';

export const wecomHook: Hook = {
  type: 'wecom',
  service: 'WeCom',
  hosts: /^qyapi\.weixin\.qq\.com$/,
  problem,
};

function problem({ searchParams }: URL): string | undefined {
  return searchParams.has('key')
    ? undefined
    : 'is not that of a robot; one looks like https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…';
}
