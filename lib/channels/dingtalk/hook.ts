import type { Hook } from '../channel-type.ts';

export const dingtalkHook: Hook = {
  type: 'dingtalk',
  service: 'DingTalk',
  hosts: /^oapi\.dingtalk\.com$/,
  problem,
};

function problem({ searchParams }: URL): string | undefined {
  const isRobot = searchParams.has('access_token');
  return isRobot
    ? undefined
    : 'is not that of a robot; one looks like https://oapi.dingtalk.com/robot/send?access_token=…';
}
