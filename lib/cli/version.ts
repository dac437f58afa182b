import manifest from '../../package.json' with { type: 'json' };

export function versionText(): string {
  return `dcs-migration-watch ${manifest.version}`;
}
