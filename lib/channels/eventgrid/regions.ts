import { nearest } from '../../base/nearest.ts';

/** The regions in which Huawei's SDK for Python knows EventGrid; DCS is in more. */
const REGIONS = [
  'cn-north-4',
  'cn-north-9',
  'cn-north-11',
  'cn-east-2',
  'cn-east-3',
  'cn-south-1',
  'ap-southeast-3',
  'sa-brazil-1',
  'na-mexico-1',
  'eu-west-101',
];

/** @returns the warning about a region without an endpoint of its own; nothing where EventGrid is known */
export function regionWarning(region: string): string | undefined {
  if (REGIONS.includes(region)) return undefined;
  const meant = nearest(region, REGIONS);
  const hint = meant === undefined ? `known are ${REGIONS.join(', ')}` : `did you mean ${meant}?`;
  return `is none in which EventGrid is known to be; ${hint}`;
}
