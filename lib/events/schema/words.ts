/** Fields of events with what they mean: the words get into the published schemas. */
import * as z from 'zod/mini';
import { PHASES } from '../phase.ts';

export const text = (description: string) => z.string().check(z.describe(description));
export const figure = (description: string) => z.number().check(z.describe(description));
export const count = (description: string) => z.int().check(z.nonnegative(), z.describe(description));
export const time = (description: string) =>
  z.iso.datetime().check(z.describe(`${description} (ISO 8601, UTC).`));
export const phase = (description: string) => z.enum(PHASES).check(z.describe(description));
export const optional = z.exactOptional;

const EVENT_ID = /^evt_[0-9a-f]{24}$/;
export const eventId = (description: string) => z.string().check(z.regex(EVENT_ID), z.describe(description));

/** Ten digits, so that it sorts as text. */
const SEQUENCE = /^[0-9]{10}$/;
export const sequence = (description: string) => z.string().check(z.regex(SEQUENCE), z.describe(description));
