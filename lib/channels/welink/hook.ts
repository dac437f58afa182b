import type { Hook } from '../channel-type.ts';

export const welinkHook: Hook = {
  type: 'welink',
  service: 'WeLink',
  hosts: /^open\.welink\.huaweicloud\.com$/,
  problem,
};

function problem({ searchParams }: URL): string | undefined {
  return searchParams.has('token') && searchParams.has('channel')
    ? undefined
    : 'is not that of a robot; one ends in /api/werobot/v1/webhook/send?token=…&channel=standard';
}
