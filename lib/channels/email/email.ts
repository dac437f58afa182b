import * as z from 'zod/mini';
import { channelShape, RECORDED, secretText } from '../channel-type.ts';
import { chatShape, people } from '../chat/people.ts';
import { addressesSchema, addressSchema } from './address.ts';
import { mailOf, ROOM } from './mail.ts';
import { sendMail, TIMEOUT_MS } from './send.ts';
import { safeServer } from './server.ts';
import { visitServer } from './visit.ts';

const schema = z
  .strictObject({
    type: z.literal('email'),
    url: secretText.check(
      z.describe(
        'The mail server: smtps://user:password@host:465, or smtp://…:587 (STARTTLS is required). A secret.',
      ),
    ),
    from: addressSchema.check(z.describe('The sender: watch@example.com.')),
    to: addressesSchema.check(z.describe('Who gets the mails: [dba@example.com].')),
    mention: z
      .optional(addressesSchema)
      .check(z.describe('Addresses that get a copy of what people are called for; mentionOn says when.')),
    ...channelShape,
    ...chatShape,
  })
  .check(safeServer, z.describe('E-mail: text and HTML, one thread for each task, group or project.'));

/** E-mail through a mail server (SMTP submission): any provider's, Amazon SES and Huawei Cloud included. */
export const email = people(schema, {
  timeoutMs: TIMEOUT_MS,
  room: () => ROOM,
  visit: visitServer,
  send: async ({ message, outgoing, config, deps: { http, recorder } }) => {
    const { url, allowInsecure } = config;
    const mail = mailOf(message, outgoing, config);
    if (recorder === undefined) return sendMail(mail, { url, allowInsecure, http });
    const { from, to, cc, subject, text } = mail;
    recorder.content({ from, to, cc, subject, text });
    return RECORDED;
  },
});
