import { describe, expect, it } from 'vitest';
import { createAgency } from '../../../lib/huawei/functiongraph/agency.ts';
import type { FunctionGraphContext } from '../../../lib/huawei/functiongraph/context.ts';
import type { Credentials } from '../../../lib/huawei/signer.ts';

const contextWith = (word: string): FunctionGraphContext => ({
  getSecurityAccessKey: () => word && `${word}-ak`,
  getSecuritySecretKey: () => word && `${word}-sk`,
  getSecurityToken: () => word && `${word}-token`,
});
const textsOf = (keys: Credentials | undefined) => [
  keys?.accessKey.reveal(),
  keys?.secretKey.reveal(),
  keys?.securityToken?.reveal(),
];

describe('the keys of an agency', () => {
  it('are none where no event had any', () => {
    const agency = createAgency();
    expect(agency.credentials()).toBeUndefined();
    agency.follow({});
    agency.follow(contextWith(''));
    expect(agency.credentials()).toBeUndefined();
  });

  it('are those of the newest event, also for who got them before', () => {
    const agency = createAgency();
    agency.follow(contextWith('first'));
    const keys = agency.credentials();
    expect(textsOf(keys)).toEqual(['first-ak', 'first-sk', 'first-token']);
    agency.follow(contextWith('second'));
    expect(textsOf(keys)).toEqual(['second-ak', 'second-sk', 'second-token']);
    expect(agency.credentials()).toBe(keys);
  });

  it('stay when an event has none, or one half', () => {
    const agency = createAgency();
    agency.follow(contextWith('first'));
    agency.follow(contextWith(''));
    agency.follow({ ...contextWith('second'), getSecurityAccessKey: () => undefined });
    agency.follow({ ...contextWith('third'), getSecuritySecretKey: () => '' });
    expect(textsOf(agency.credentials())).toEqual(['first-ak', 'first-sk', 'first-token']);
  });

  it('have no token where the platform gives none', () => {
    const agency = createAgency();
    agency.follow({ ...contextWith('first'), getSecurityToken: () => '' });
    expect(textsOf(agency.credentials())).toEqual(['first-ak', 'first-sk', undefined]);
  });

  it('are masked wherever they are printed', () => {
    const agency = createAgency();
    agency.follow(contextWith('canary'));
    expect(JSON.stringify(agency.credentials())).not.toContain('canary');
    expect(String(agency.credentials()?.secretKey)).not.toContain('canary');
  });
});
