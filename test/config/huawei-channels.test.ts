import { describe, expect, test } from 'vitest';
import type { HttpClient } from '../../lib/http/client.ts';
import { createChannels } from '../../lib/runtime/channels.ts';
import { answering, eventOf, NOW } from '../channels/support.ts';
import { expectNoSecret } from '../support/secrets.ts';
import { ENV, load, MINIMAL, PROJECT, problemsOf } from './support.ts';

const SMN = { type: 'smn', topic: `urn:smn:cn-north-4:${PROJECT}:redis` };
const GRID = {
  type: 'eventgrid',
  region: 'cn-north-4',
  projectId: PROJECT,
  eventChannel: '0b1c2d3e-0000-4000-8000-000000000000',
  eventSource: 'dcs-migration-watch',
};
const KEY = { accessKey: 'OWNACCESSKEY00000001', secretKey: 'canary-of-its-own' };
const NO_KEY = { env: { SLACK_WEBHOOK_URL: ENV.SLACK_WEBHOOK_URL } };

/** A configuration whose project has a key of its own. */
function fileWith(channel: object): object {
  return {
    projects: [{ ...MINIMAL.projects[0], credentials: KEY }],
    channels: { ...MINIMAL.channels, ours: channel },
  };
}

describe.each([SMN, GRID])('the key of a channel of type $type', (channel) => {
  test('may be its own', async () => {
    await load(fileWith({ ...channel, credentials: KEY }), NO_KEY);
  });

  test('is else that of the environment, as for projects', async () => {
    const config = await load(fileWith(channel));
    const signatures: string[] = [];
    const http: HttpClient = {
      ...answering({}),
      request: async ({ headers = {} }) => {
        signatures.push(headers['authorization'] ?? '');
        return { status: 500, headers: {}, body: '', truncated: false, ms: 3 };
      },
    };
    const channels = await createChannels(config, http);
    const outcome = await channels.get('ours')?.send({ events: [eventOf()], now: NOW });
    expect(signatures).toEqual([expect.stringContaining(`Access=${ENV.HUAWEICLOUD_SDK_AK},`)]);
    expectNoSecret([outcome, signatures], [ENV.HUAWEICLOUD_SDK_SK]);
  });

  test('that is nowhere is refused with every place that was tried', async () => {
    expect(await problemsOf(fileWith(channel), NO_KEY)).toEqual([
      'channels.ours.credentials: none found; tried: credentials in the file; HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; CLOUD_SDK_AK and CLOUD_SDK_SK; HW_ACCESS_KEY and HW_SECRET_KEY',
    ]);
  });

  test('of which only half is in the environment is refused with the half that is missing', async () => {
    const env = { ...NO_KEY.env, HUAWEICLOUD_SDK_AK: 'x' };
    expect(await problemsOf(fileWith(channel), { env })).toEqual([
      expect.stringContaining('(HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not)'),
    ]);
  });
});

describe('the region of EventGrid', () => {
  const warningsWith = async (settings: object) => (await load(fileWith({ ...GRID, ...settings }))).warnings;

  test('is warned about where EventGrid is not known to be', async () => {
    expect(await warningsWith({})).toEqual([]);
    expect(await warningsWith({ region: 'ap-southeast-1' })).toEqual([
      expect.stringMatching(
        /^channels\.ours\.region: is none in which EventGrid is known to be; did you mean/,
      ),
    ]);
  });

  test('is no question where the endpoint is named', async () => {
    const endpoint = 'https://eg.my-kualalumpur-1.example';
    expect(await warningsWith({ region: 'my-kualalumpur-1', endpoint })).toEqual([]);
  });
});
