import type { Hook } from '../channel-type.ts';

const PATH = /^\/open-apis\/bot\/v2\/hook\/[^/]+$/;

export const feishuHook: Hook = {
  type: 'feishu',
  service: 'Feishu',
  hosts: /^open\.(?:feishu\.cn|larksuite\.com)$/,
  problem,
};

function problem({ pathname }: URL): string | undefined {
  return PATH.test(pathname)
    ? undefined
    : 'is not that of a custom bot; one looks like https://open.feishu.cn/open-apis/bot/v2/hook/…';
}
