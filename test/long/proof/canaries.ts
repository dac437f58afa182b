/**
 * Each stands in a place where a secret stands in earnest; none may show in anything written, logged or sent but the one
 * place that it is for.
 */
export const CANARIES = {
  slackPath: 'T00CANARY/B00CANARY/canary-slack-path',
  botToken: 'xoxb-canary-bot-token',
  webhookPath: (channel: string) => `canary-webhook-path-of-${channel}`,
  /** 32 bytes in base64. */
  signingKey: (channel: string) => `${`canarySigningKeyOf${channel}`.padEnd(43, 'A')}=`,
  bearer: (channel: string) => `canary-bearer-of-${channel}`,
  accessKey: 'canaryAccessKey00001',
  secretKey: 'canary-secret-key',
  securityToken: 'canary-security-token',
  sourcePassword: 'canary-source-password',
  targetPassword: 'canary-target-password',
} as const;

/** A canary, plain or URL-encoded, in hexadecimal, or in base64 wherever it begins; and the passwords of sample answers. */
const SHOWN = /canary|63616e617279|Y2FuYXJ5|NhbmFye|jYW5hcn|simulated-(?:source|target)-password/i;

/** Whether a text shows a secret, or a part of one. */
export function showsSecret(text: string): boolean {
  return SHOWN.test(text);
}
