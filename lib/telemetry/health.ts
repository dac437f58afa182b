import type { LookFailure } from '../events/event.ts';

/** A project of which a tick saw nothing. */
export interface BlindProject {
  readonly project: string;
  /** When the first of the looks that failed in a row was made (ISO 8601, UTC). */
  readonly since: string;
  readonly reason: LookFailure | 'its runs do not come to an end';
  /** Whether it has lasted so long that `watch.failing` was sent; else it may be over with the next look. */
  readonly isLasting: boolean;
}

/** A channel that takes nothing until somebody repairs it. */
export interface BrokenChannel {
  readonly channel: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** It is tried again with what is pending, not before (ISO 8601, UTC). */
  readonly nextTryAt: string;
  readonly reason: string;
}

/** The parts of {@link Health} that concern what it sees and whom it reaches. */
export interface Reach {
  readonly blind: readonly BlindProject[];
  readonly broken: readonly BrokenChannel[];
  /** Channels that nobody calls broken, and that have taken nothing for a while. */
  readonly silent: readonly BrokenChannel[];
}

/**
 * How a watcher is after a tick. It is well when it works (reads its records, and saves what it saw and did), sees
 * something of every project, and can deliver to every channel: none is broken, and none has taken nothing for a while.
 */
export interface Health extends Reach {
  /** How often a record could not be read or written. */
  readonly failedRecords: number;
}

/** Whether it works: that it is blind or mute was seen, saved and announced by a tick that did its work. */
export function isWorking({ failedRecords }: { readonly failedRecords: number }): boolean {
  return failedRecords === 0;
}

/** Whether it works, sees and can deliver. */
export function isHealthy(health: Health): boolean {
  return isWorking(health) && !isMute(health) && health.blind.length === 0;
}

/** Whether it is blind or mute, and not only for a moment. */
export function isLastinglyIll(health: Reach): boolean {
  return isMute(health) || health.blind.some(({ isLasting }) => isLasting);
}

/** Somebody who should get events cannot. */
function isMute({ broken, silent }: Reach): boolean {
  return broken.length > 0 || silent.length > 0;
}

/** As many as a line of the log has room for; the others are counted. */
const MOST_NAMED = 5;

/** The health problems of a tick in a few words each; none when it is well. Records that failed have lines of their own. */
export function healthProblems({ blind, broken, silent }: Reach): string[] {
  return [
    ...some(blind.map(blindWords), 'projects'),
    ...some(broken.map(brokenWords), 'channels'),
    ...some(silent.map(silentWords), 'channels'),
  ];
}

function silentWords({ channel, since, nextTryAt }: BrokenChannel): string {
  return `${channel} has accepted nothing since ${toTheSecond(since)}, next try ${toTheSecond(nextTryAt)}`;
}

function blindWords({ project, since, reason }: BlindProject): string {
  return `nothing seen of ${project} since ${toTheSecond(since)} (${reason})`;
}

/** `ops broken since 2026-01-05T02:12:00Z, next try 2026-01-05T02:42:00Z` */
export function brokenWords({ channel, since, nextTryAt }: BrokenChannel): string {
  return `${channel} broken since ${toTheSecond(since)}, next try ${toTheSecond(nextTryAt)}`;
}

function some(all: readonly string[], what: string): string[] {
  const more = all.length - MOST_NAMED;
  return more > 1 ? [...all.slice(0, MOST_NAMED), `and ${more} more ${what}`] : [...all];
}

function toTheSecond(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z');
}
